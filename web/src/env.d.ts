/// <reference types="vite/client" />
/** True in development and in `build:gallery`; the gallery route exists only then. */
declare const __GALLERY__: boolean;
