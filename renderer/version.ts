/** The version of the program, filled in by the build. */
declare const __VERSION__: string;

/** Tests run without a build. */
export const VERSION = typeof __VERSION__ === 'undefined' ? '0.0.0' : __VERSION__;
