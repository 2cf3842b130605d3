/** The platform of recordings that were submitted from the command line: minutes go into a folder. */
import path from 'node:path';
import type { Platform } from '../pipeline/deliver-handler.ts';
import { chooseFolder, removeFolder, writeFiles } from '../pipeline/output-folder.ts';
import { FOLDER_PLATFORM } from '../pipeline/platforms.ts';
import { drawPictures } from '../pipeline/render/draw-pictures.ts';
import { outputName } from '../pipeline/render/output-name.ts';
import { OPTIONAL_FILES } from '../pipeline/render/render-files.ts';

/** @param minutesDir gets one folder per meeting; a meeting that was written before keeps its folder */
export function createFolderPlatform(minutesDir: string): Platform {
  return {
    async announce(meeting, files) {
      const name = outputName(String(meeting.source.name ?? meeting.title));
      const folder = await chooseFolder(path.resolve(minutesDir), name, meeting.id);
      await writeFiles(folder, await drawPictures(files), OPTIONAL_FILES);
    },
    async retract(meeting) {
      if (meeting.platform !== FOLDER_PLATFORM) return;
      const name = outputName(String(meeting.source.name ?? meeting.title));
      await removeFolder(path.resolve(minutesDir), name, meeting.id);
    },
  };
}
