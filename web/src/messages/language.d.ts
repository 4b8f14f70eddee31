/** The language of this build of the client, as in `lang`: "en". */
declare const __LANGUAGE__: string;
