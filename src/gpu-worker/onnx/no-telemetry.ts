/**
 * Nothing leaves the machine: onnxruntime 1.30 on Linux keeps a device id and usage events in the user's cache folder and
 * sends them to its maker unless this variable is set before the first session (read in its library, and seen on disk).
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
