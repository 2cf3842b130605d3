/** Names of platforms, as meetings carry them. */

/** Recordings that were submitted from the command line; their minutes go into a folder. */
export const FOLDER_PLATFORM = 'folder';
export const SLACK_PLATFORM = 'slack';
export const DISCORD_PLATFORM = 'discord';
