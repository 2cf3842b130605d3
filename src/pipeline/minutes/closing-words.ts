/** How people say that a task is done, or no longer wanted. */

const CANCELS =
  /\b(?:cancell?ed|(?:is|are) off\b|no longer need(?:ed)?|not needed|don't need (?:to|the|that|it)|(?:there's )?no need (?:to|for)|never mind|forget about (?:the|that|it)|scrap(?:ped)?|called off|don't bother (?:with|to)|we(?:'re| are) not [\p{L}]+ing .{2,60}? (?:after all|any ?more|any longer)|not be necessary|(?:drop|skip|cancel) (?:the|that|it)|off the (?:list|table)|we(?: don't| do not| won't| will not|'re not going to| are not going to) (?!know|think|have|remember|care|see|mind)[\p{L}]+)\b/iu;
const DONE =
  /\b(?:I(?:'ve| have)? (?:already|just) [\p{L}]+(?:ed|t|n|ne|de|id|ld)|I(?:'ve| have) [\p{L}]+(?:ed|t|n|ne|de|id|ld)|(?:is|are|it's|that's)(?: now| all)? (?:already )?(?:done|finished|completed|sent|fixed|sorted|booked|delivered))\b/iu;

export function isCancelled(text: string): boolean {
  return CANCELS.test(text);
}

export function isDone(text: string): boolean {
  return DONE.test(text);
}
