#include "load/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static oc_rc fault(struct elf_fault *ret_fault, oc_rc rc, const char *found, const char *expected)
{
    snprintf(ret_fault->field, sizeof ret_fault->field, "file");
    snprintf(ret_fault->found, sizeof ret_fault->found, "%s", found);
    snprintf(ret_fault->expected, sizeof ret_fault->expected, "%s", expected);
    return rc;
}

static oc_rc open_regular(const char *path, int *ret_descriptor, uint64_t *ret_size, struct elf_fault *ret_fault)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return fault(ret_fault, errno == ENOENT ? OC_E_NOT_FOUND : OC_E_IO, strerror(errno), "a readable file");
    struct stat st;
    oc_rc rc = OC_OK;
    if (fstat(descriptor, &st) < 0)
        rc = fault(ret_fault, OC_E_IO, strerror(errno), "a readable file");
    else if (S_ISDIR(st.st_mode))
        rc = fault(ret_fault, OC_E_DATA, "a directory", "a file");
    else if (!S_ISREG(st.st_mode))
        rc = fault(ret_fault, OC_E_DATA, "not a regular file", "a regular file");
    else if (st.st_size == 0)
        rc = fault(ret_fault, OC_E_DATA, "an empty file", "an ELF shared object");
    else if ((uint64_t)st.st_size > ELF_SIZE_MAX)
        rc = fault(ret_fault, OC_E_LIMIT, "a file above 256 MiB", "at most 256 MiB");
    if (rc < 0) {
        close(descriptor);
        return rc;
    }
    *ret_descriptor = descriptor;
    *ret_size = (uint64_t)st.st_size;
    return OC_OK;
}

static oc_rc fill(int from, int to, uint64_t size, struct elf_fault *ret_fault)
{
    uint64_t done = 0;
    while (done < size) {
        ssize_t count = sendfile(to, from, NULL, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fault(ret_fault, OC_E_IO, strerror(errno), "a readable file");
        if (count == 0)
            return fault(ret_fault, OC_E_DATA, "the file became shorter while it was read",
                         "a file that is not being written");
        done += (uint64_t)count;
    }
    if (fcntl(to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
        return fault(ret_fault, OC_E_IO, strerror(errno), "memory that can be sealed");
    return OC_OK;
}

oc_rc load_file_copy(struct load_file *file, const char *path, struct elf_fault *ret_fault)
{
    int from;
    uint64_t size;
    oc_rc rc = open_regular(path, &from, &size, ret_fault);
    if (rc < 0)
        return rc;
    const char *slash = strrchr(path, '/');
    char name[200];
    snprintf(name, sizeof name, "%.190s", slash ? slash + 1 : path);
    int to = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (to < 0) {
        rc = fault(ret_fault, OC_E_IO, strerror(errno), "memory for a copy");
        close(from);
        return rc;
    }
    rc = fill(from, to, size, ret_fault);
    close(from);
    void *bytes = MAP_FAILED;
    if (rc == OC_OK) {
        bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, to, 0);
        if (bytes == MAP_FAILED)
            rc = fault(ret_fault, OC_E_IO, strerror(errno), "memory for a copy");
    }
    if (rc < 0) {
        close(to);
        return rc;
    }
    *file = (struct load_file){.descriptor = to, .bytes = bytes, .size = size};
    return OC_OK;
}

oc_rc load_file_map(struct load_file *file, const char *path)
{
    int descriptor;
    uint64_t size;
    struct elf_fault unused;
    oc_rc rc = open_regular(path, &descriptor, &size, &unused);
    if (rc < 0)
        return rc;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (bytes == MAP_FAILED)
        return OC_E_IO;
    *file = (struct load_file){.descriptor = -1, .bytes = bytes, .size = size};
    return OC_OK;
}

void load_file_release(struct load_file *file, bool keep_descriptor)
{
    if (file->bytes) {
        /* munmap does not write through the pointer; the cast only drops the const of our view. */
        munmap((void *)(uintptr_t)file->bytes, file->size);
    }
    if (file->descriptor >= 0 && !keep_descriptor)
        close(file->descriptor);
    file->bytes = NULL;
    file->size = 0;
}

static int is_listed(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static int by_bytes(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static bool ends_in_so(const char *name)
{
    size_t size = strlen(name);
    return size > 3 && strcmp(name + size - 3, ".so") == 0;
}

struct visit {
    oc_rc (*each)(void *context, const char *path);
    void *context;
    uint32_t count;
};

static oc_rc visit_folder(struct visit *visit, const char *path, uint32_t depth)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_listed, by_bytes);
    if (count < 0)
        return errno == ENOENT ? OC_E_NOT_FOUND : OC_E_IO;
    oc_rc rc = OC_OK;
    for (int i = 0; i < count; i++) {
        char full[LOAD_PATH_MAX];
        int size = snprintf(full, sizeof full, "%s/%s", path, entries[i]->d_name);
        struct stat st;
        if (rc == OC_OK && size > 0 && (size_t)size < sizeof full) {
            if (ends_in_so(entries[i]->d_name))
                rc = ++visit->count > LOAD_FOLDER_MAX ? OC_E_LIMIT : visit->each(visit->context, full);
            else if (depth == 0 && stat(full, &st) == 0 && S_ISDIR(st.st_mode))
                rc = visit_folder(visit, full, 1);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

oc_rc load_folder_each(const char *path, oc_rc (*each)(void *context, const char *path), void *context)
{
    struct visit visit = {.each = each, .context = context};
    return visit_folder(&visit, path, 0);
}

static bool is_open_to_others(const struct stat *st)
{
    return (st->st_mode & S_IWOTH) != 0 || ((st->st_mode & S_IWGRP) != 0 && st->st_gid != getegid() && st->st_gid != 0);
}

bool load_others_write(const char *path)
{
    struct stat st;
    char real[PATH_MAX];
    if (!realpath(path, real) || stat(real, &st) < 0)
        return false; /* whoever opens it says why it is not there */
    if (is_open_to_others(&st))
        return true;
    char *slash = strrchr(real, '/');
    if (S_ISDIR(st.st_mode) || !slash)
        return false;
    slash[slash == real] = 0;
    return stat(real, &st) == 0 && is_open_to_others(&st) && !(st.st_mode & S_ISVTX);
}

oc_rc load_folder_make(const char *path)
{
    if (mkdir(path, 0777) == 0)
        return OC_OK;
    return errno == EEXIST ? OC_E_EXISTS : OC_E_IO;
}

oc_rc load_file_make(const char *path, const char *text)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return errno == EEXIST ? OC_E_EXISTS : OC_E_IO;
    size_t size = strlen(text), done = 0;
    while (done < size) {
        ssize_t count = write(descriptor, text + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    bool is_closed = close(descriptor) == 0;
    return done == size && is_closed ? OC_OK : OC_E_IO;
}
