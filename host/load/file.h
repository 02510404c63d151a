/* file.h: the few system calls of the loader: a sealed private copy, a library read as data, a new
 * file.
 *
 * Invariants
 * - A copy is sealed before its bytes are read, so what was inspected is what is loaded.
 * - Only regular files of at most ELF_SIZE_MAX bytes are taken; a pipe never blocks the caller. */
#ifndef LOAD_FILE_H
#define LOAD_FILE_H

#include "base/checked.h"
#include "load/elf.h"

struct load_file {
    int descriptor; /* of the copy, or -1 */
    const void *bytes;
    uint64_t size;
};

#define LOAD_PATH_MAX 4096

/* Copies the file at `path` into sealed memory. An empty file is a fault. On failure nothing is
 * owned and *ret_fault says why (OC_E_IO, OC_E_DATA, OC_E_LIMIT). [setup] */
CHECKED oc_rc load_file_copy(struct load_file *file, const char *path, struct elf_fault *ret_fault);

/* Maps a file for reading only, without a copy; the descriptor is closed. OC_E_NOT_FOUND. [setup]
 */
CHECKED oc_rc load_file_map(struct load_file *file, const char *path);

/* Ends the mapping, and closes the descriptor if `keep_descriptor` is false. [setup] */
void load_file_release(struct load_file *file, bool keep_descriptor);

/* Names of the entries of a folder that end in ".so", sorted by bytes; `each` is told the full
 * path. Stops at the first negative result and returns it. OC_E_NOT_FOUND: no such folder.
 * OC_E_LIMIT: more than LOAD_FOLDER_MAX. Folders inside are visited too, one level deep. [setup] */
#define LOAD_FOLDER_MAX 256
CHECKED oc_rc load_folder_each(const char *path, oc_rc (*each)(void *context, const char *path), void *context);

/* Whether others than the user and root can put something else in this place: the mode of a folder, or of a file and of the
 * folder that it lies in, links followed, lets everybody write, or a group that is neither the user's nor root's. A file may
 * lie in a folder like /tmp, where each can take away only what is his; plugins are not looked for there. [setup] */
bool load_others_write(const char *path);

/* Makes a folder, and a file with the given text in it. Neither may exist before: OC_E_EXISTS.
 * OC_E_IO otherwise. [setup] */
CHECKED oc_rc load_folder_make(const char *path);
CHECKED oc_rc load_file_make(const char *path, const char *text);

#endif
