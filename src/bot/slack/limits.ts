/** What Slack takes, in characters and pieces (docs.slack.dev; @slack/types 3.2; total of a message: bolt-js#2509). */
export const LIMITS = {
  blocks: 50,
  /** Undocumented; above about 13,200 the message is refused. */
  messageText: 11_000,
  sectionText: 3_000,
  headerText: 150,
  contextElements: 10,
  buttons: 25,
  buttonText: 75,
  buttonValue: 2_000,
  containerBlocks: 10,
  containerTitle: 150,
  checkboxes: 10,
  /** Of a choice: its text, and the small line under it. */
  optionText: 75,
  placeholder: 150,
  viewBlocks: 100,
  /** `text`, which notifications show; `chat.update` refuses more. */
  fallbackText: 4_000,
} as const;

/** Between two edits of one message. */
export const EDIT_INTERVAL_MS = 4_000;
/** Messages per channel: one a second, and a little, since some take longer on their way than others. */
export const POSTS = { burst: 1, intervalMs: 1_050 };
/** Edits per workspace: 40 a minute (chat.update takes 50 and more). */
export const EDITS = { burst: 10, intervalMs: 1_500 };
