/** Speech that speaks to the note taker. It is quoted in the transcript like all else, but no rule may obey it. */

const ORDERS = [
  /\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|prompts?|rules|told)\b/iu,
  /\b(?:system|developer) (?:prompt|message)\b/iu,
  /\b(?:you are|act as|pretend to be) (?:now )?(?:an?|the) (?:ai|assistant|language model|chatbot|bot)\b/iu,
  /\b(?:robot|bot|ai|assistant|note ?taker|transcriber|summari[sz]er)\b.{0,40}\b(?:notes?|writ(?:e|ing)|listening|say|put|record)\b/iu,
  /\b(?:write|put|say|record|state|report) (?:it )?in (?:the|your) (?:summary|minutes|notes)\b/iu,
  /<\/?\s*(?:transcript|system|data|script|turns?)\b/iu,
  /["']?\b(?:decisions|action_?items)["']?\s*:\s*[[{]/iu,
  /[{[]\s*["']\w+["']\s*:/u,
];

/** True where the text gives the note taker orders or imitates its files. */
export function isHostile(text: string): boolean {
  return ORDERS.some(order => order.test(text));
}
