/** What Discord takes (docs.discord.com: components reference, message resource, rate limits). */
export const LIMITS = {
  /** Of a message, nested ones counted. */
  components: 40,
  /** All texts of a message together. */
  messageText: 4_000,
  buttonsPerRow: 5,
  buttonText: 80,
  customId: 100,
  options: 25,
  /** Of an option: its label, and the small line under it. */
  optionText: 100,
  placeholder: 150,
  files: 10,
  /** Without a boosted server. */
  fileBytes: 10 * 1024 * 1024,
  /** Of all files of a message: 25 MiB take the rest of the request as well. */
  requestBytes: 24 * 1024 * 1024,
  threadName: 100,
  modalTitle: 45,
  fieldLabel: 45,
  fieldDescription: 100,
  modalFields: 5,
  nonce: 25,
} as const;

/** Between two edits of one message. */
export const EDIT_INTERVAL_MS = 5_000;
/** Per channel or thread: five in five seconds. */
export const POSTS = { burst: 3, intervalMs: 1_100 };
/** Of everything together, far below 50 requests a second. */
export const EDITS = { burst: 10, intervalMs: 250 };
