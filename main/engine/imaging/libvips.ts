/**
 * The C functions of libvips (https://www.libvips.org/API) that pictures go through, called by koffi. The library is the one
 * that sharp brings for each system. sharp's own add-on is not used: on Linux the loader binds its calls of GLib to the GLib
 * that Electron's program has loaded for GTK, a second one than that inside libvips, and the process dies of it. Functions
 * looked up in the library itself are always its own.
 */
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { config, load, type LibraryHandle } from 'koffi';
import { packageFile } from '../../files/package-file.ts';

/** An address in the memory of the process; null is C's NULL. */
export type Pointer = bigint;

/** A place that C writes a value to. */
type Place<T> = [T];

/** What a thread of libvips' callers may put on its stack, as much as the system gives its own threads. */
const STACK = 8 * 2 ** 20;

export type Libvips = ReturnType<typeof declare>;
let library: Libvips | undefined;

/** The library, loaded when first asked for. */
export function libvips(): Libvips {
  library ??= open();
  return library;
}

function open(): Libvips {
  config({ async_stack_size: STACK });
  const functions = declare(load(libraryPath()));
  // Otherwise what libvips thinks of odd files goes to the terminal.
  process.env['VIPS_WARNING'] = '1';
  if (functions.init('reverie') !== 0) throw new Error(`libvips does not start: ${functions.errorBuffer()}`);
  // An operation that was kept would keep its picture, and be found again when other bytes lie at the same address.
  functions.cacheSetMax(0);
  // Codecs work on one row after the other, several pictures are decoded at a time, and the cores belong to the networks.
  functions.concurrencySet(1);
  return functions;
}

/** Where it lies. @throws Error code MODULE_NOT_FOUND when it is not installed for this system */
export function libraryPath(): string {
  const system = `${process.platform}-${process.arch}`;
  if (process.platform !== 'win32') return packageFile(`@img/sharp-libvips-${system}/binary`);
  return join(dirname(packageFile(`@img/sharp-${system}/package`)), 'lib', 'libvips-42.dll');
}

/* The signatures are those of the headers of libvips and GLib; types of pointers are left out, names of parameters kept. */
function declare(lib: LibraryHandle) {
  const writeToMemory = lib.func('void *vips_image_write_to_memory(void *in, _Out_ size_t *size)');
  const copyMemory = lib.func('void *vips_image_copy_memory(void *image)');
  const build = lib.func('void *vips_cache_operation_build(void *operation)');
  return {
    init: lib.func('int vips_init(const char *argv0)') as (argv0: string) => number,
    cacheSetMax: lib.func('void vips_cache_set_max(int max)') as (max: number) => void,
    concurrencySet: lib.func('void vips_concurrency_set(int concurrency)') as (threads: number) => void,

    errorBuffer: lib.func('const char *vips_error_buffer(void)') as () => string,
    errorClear: lib.func('void vips_error_clear(void)') as () => void,

    operationNew: lib.func('void *vips_operation_new(const char *name)') as (name: string) => Pointer | null,
    setFromString: lib.func('int vips_object_set_from_string(void *object, const char *string)') as (
      object: Pointer,
      options: string,
    ) => number,
    /** Gives back another reference to an operation, or null; the one it was given is not used up. */
    operationBuild: promisify(build.async) as (operation: Pointer) => Promise<Pointer | null>,
    unrefOutputs: lib.func('void vips_object_unref_outputs(void *object)') as (object: Pointer) => void,

    /** The last argument of either is the NULL that ends the list of names and values. */
    objectSet: lib.func('void g_object_set(void *object, const char *name, ...)') as (
      ...args: [object: Pointer, name: string, type: 'void *', value: Pointer, type: 'void *', end: null]
    ) => void,
    objectGet: lib.func('void g_object_get(void *object, const char *name, ...)') as (
      ...args: [
        object: Pointer,
        name: string,
        type: '_Out_ void **',
        place: Place<Pointer | null>,
        type: 'void *',
        end: null,
      ]
    ) => void,
    objectUnref: lib.func('void g_object_unref(void *object)') as (object: Pointer) => void,
    free: lib.func('void g_free(void *memory)') as (memory: Pointer) => void,

    blobNew: lib.func('void *vips_blob_new(void *free_fn, const void *data, size_t length)') as (
      free: null,
      data: Pointer,
      length: number,
    ) => Pointer,
    blobGet: lib.func('const void *vips_blob_get(void *blob, _Out_ size_t *length)') as (
      blob: Pointer,
      length: Place<number>,
    ) => Pointer,
    areaUnref: lib.func('void vips_area_unref(void *area)') as (area: Pointer) => void,

    sourceNewFromMemory: lib.func('void *vips_source_new_from_memory(const void *data, size_t length)') as (
      data: Pointer,
      length: number,
    ) => Pointer | null,
    sourceRead: lib.func('int64_t vips_source_read(void *source, _Out_ uint8_t *data, size_t length)') as (
      source: Pointer,
      data: Uint8Array,
      length: number,
    ) => number,

    findLoadBuffer: lib.func('const char *vips_foreign_find_load_buffer(const void *data, size_t size)') as (
      data: Pointer,
      size: number,
    ) => string | null,

    imageNewFromMemory: lib.func(
      'void *vips_image_new_from_memory(const void *data, size_t size, int width, int height, int bands, int format)',
    ) as (
      data: Pointer,
      size: number,
      width: number,
      height: number,
      bands: number,
      format: number,
    ) => Pointer | null,
    imageWriteToMemory: promisify(writeToMemory.async) as (
      image: Pointer,
      size: Place<number>,
    ) => Promise<Pointer | null>,
    imageCopyMemory: promisify(copyMemory.async) as (image: Pointer) => Promise<Pointer | null>,
    imageWidth: lib.func('int vips_image_get_width(const void *image)') as (image: Pointer) => number,
    imageHeight: lib.func('int vips_image_get_height(const void *image)') as (image: Pointer) => number,
    imageBands: lib.func('int vips_image_get_bands(const void *image)') as (image: Pointer) => number,
    imageFormat: lib.func('int vips_image_get_format(const void *image)') as (image: Pointer) => number,
    imageInterpretation: lib.func('int vips_image_get_interpretation(const void *image)') as (
      image: Pointer,
    ) => number,
    imageHasAlpha: lib.func('int vips_image_hasalpha(void *image)') as (image: Pointer) => number,
    imageOrientation: lib.func('int vips_image_get_orientation(void *image)') as (image: Pointer) => number,
    imageTypeof: lib.func('size_t vips_image_get_typeof(const void *image, const char *name)') as (
      image: Pointer,
      name: string,
    ) => number,
    imageGetInt: lib.func('int vips_image_get_int(const void *image, const char *name, _Out_ int *out)') as (
      image: Pointer,
      name: string,
      out: Place<number>,
    ) => number,
    imageSetInts: lib.func(
      'void vips_image_set_array_int(void *image, const char *name, const int *array, int n)',
    ) as (image: Pointer, name: string, values: Int32Array, count: number) => void,
    imageGetString: lib.func(
      'int vips_image_get_string(const void *image, const char *name, _Out_ const char **out)',
    ) as (image: Pointer, name: string, out: Place<string | null>) => number,

    enumNick: lib.func('const char *vips_enum_nick(size_t enum_type, int value)') as (
      type: number,
      value: number,
    ) => string,
    bandFormatType: lib.func('size_t vips_band_format_get_type(void)') as () => number,
    interpretationType: lib.func('size_t vips_interpretation_get_type(void)') as () => number,
  };
}
