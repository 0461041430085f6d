/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See platter.h. What SQLite asks of a file system, and no more: a few files, one user of them at a
 * time, so that locks are always had. */

#include "sim/platter.h"

#include <assert.h>
#include <sqlite3.h>

#include "weather/chance.h"

#define FILES_MAX 4
#define SECTOR 512 /* what a disk writes all of or nothing */
#define PATH_SIZE 256
#define SHARED_MAX 8 /* 32 KiB each: the index of a WAL, which needs no disk */

typedef struct Image {
        size_t n, size; /* bytes, and room for so many */
        uint8_t *bytes;
} Image;

typedef struct File {
        char path[PATH_SIZE]; /* "" a free place */
        bool exists;
        Image cache, disk;
        size_t dirty_from, dirty_to; /* what a sync has to write; from < to when there is any */
        void *shared[SHARED_MAX];
} File;

struct Platter {
        sqlite3_vfs vfs, *below;
        File files[FILES_MAX];
        uint64_t chance, generation, operations, lost;
        uint64_t end_at; /* an operation; 0 never */
        bool end_with_power, ended, ended_with_power;
        PlatterFault fault;
        void *left[FILES_MAX * SHARED_MAX]; /* shared memory of the dead, who close it yet */
        size_t n_left;
};

typedef struct Handle {
        sqlite3_file base;
        Platter *platter;
        File *file;
        uint64_t generation; /* of before the last end: it is dead */
} Handle;

/* images */

static void image_resize(Image *image, size_t n) {
        if (n > image->size) {
                image->size = MAX_OF(n, 2 * image->size);
                image->bytes = realloc(image->bytes, image->size);
                assert(image->bytes);
        }
        if (n > image->n)
                memset(image->bytes + image->n, 0, n - image->n);
        image->n = n;
}

static void image_put(Image *image, size_t at, const void *bytes, size_t n) {
        if (at + n > image->n)
                image_resize(image, at + n);
        if (n > 0)
                memcpy(image->bytes + at, bytes, n);
}

static void file_forget_shared(File *file) {
        for (size_t i = 0; i < SHARED_MAX; i++) {
                free(file->shared[i]);
                file->shared[i] = NULL;
        }
}

static void file_clear(File *file) {
        file_forget_shared(file);
        free(file->cache.bytes);
        free(file->disk.bytes);
        *file = (File) { 0 };
}

static void bury(Platter *platter, File *file) {
        for (size_t i = 0; i < SHARED_MAX; i++)
                if (file->shared[i]) {
                        assert(platter->n_left < ELEMENTSOF(platter->left));
                        platter->left[platter->n_left++] = file->shared[i];
                        file->shared[i] = NULL;
                }
}

static void free_left(Platter *platter) {
        while (platter->n_left > 0)
                free(platter->left[--platter->n_left]);
}

/* the end of who writes */

static bool differs(const File *file, size_t at, size_t n) {
        static const uint8_t nothing[SECTOR];
        const size_t had = at < file->disk.n ? MIN_OF(n, file->disk.n - at) : 0;

        return (had > 0 && memcmp(file->cache.bytes + at, file->disk.bytes + at, had) != 0) ||
               memcmp(file->cache.bytes + at + had, nothing, n - had) != 0;
}

/* Of 100 sectors that were not synced so many reach the disk. */
static void lose(Platter *platter, File *file, unsigned percent) {
        for (size_t at = 0; at < file->cache.n; at += SECTOR) {
                const size_t n = MIN_OF((size_t) SECTOR, file->cache.n - at);

                if (!differs(file, at, n))
                        continue;
                if (chance_percent(&platter->chance, percent))
                        image_put(&file->disk, at, file->cache.bytes + at, n);
                else
                        platter->lost++;
        }
        if (chance_percent(&platter->chance, percent))
                image_resize(&file->disk, file->cache.n);
        file->cache.n = 0;
        image_put(&file->cache, 0, file->disk.bytes, file->disk.n);
        file->dirty_from = file->dirty_to = 0;
}

static void end(Platter *platter, bool power) {
        static const unsigned percents[] = { 0, 50, 90, 100 };
        const unsigned percent = percents[chance_below(&platter->chance, ELEMENTSOF(percents))];

        for (size_t i = 0; i < FILES_MAX; i++) {
                if (platter->files[i].path[0] == '\0')
                        continue;
                bury(platter, platter->files + i);
                if (power)
                        lose(platter, platter->files + i, percent);
        }
        platter->generation++;
        platter->end_at = 0;
}

void platter_kill(Platter *platter) {
        end(platter, false);
        platter->ended = false;
}

void platter_cut(Platter *platter) {
        end(platter, true);
        platter->ended = false;
}

void platter_end_at(Platter *platter, uint64_t n, bool power) {
        platter->end_at = n ? platter->operations + n : 0;
        platter->end_with_power = power;
}

bool platter_ended(const Platter *platter, bool *ret_power) {
        if (ret_power)
                *ret_power = platter->ended_with_power;
        return platter->ended;
}

/* Before a write or a sync; false: it does not happen, and nobody lives to hear of it. */
static bool goes_on(Platter *platter) {
        platter->operations++;
        if (platter->end_at == 0 || platter->operations < platter->end_at)
                return true;
        platter->ended = true;
        platter->ended_with_power = platter->end_with_power;
        end(platter, platter->end_with_power);
        return false;
}

static bool is_dead(const Handle *handle) {
        return handle->generation != handle->platter->generation;
}

/* files */

static File *find(Platter *platter, const char *path) {
        for (size_t i = 0; i < FILES_MAX; i++)
                if (streq(platter->files[i].path, path))
                        return platter->files + i;
        return NULL;
}

static int on_close(sqlite3_file *file _unused_) {
        return SQLITE_OK;
}

static int on_read(sqlite3_file *base, void *to, int n, sqlite3_int64 offset) {
        const Handle *handle = (const Handle *) base;
        const Image *cache = &handle->file->cache;
        const size_t at = (size_t) offset, wanted = (size_t) n;
        const size_t had = at < cache->n ? MIN_OF(wanted, cache->n - at) : 0;

        if (is_dead(handle))
                return SQLITE_IOERR_READ;
        if (had > 0)
                memcpy(to, cache->bytes + at, had);
        memset((uint8_t *) to + had, 0, wanted - had);
        return had < wanted ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int on_write(sqlite3_file *base, const void *from, int n, sqlite3_int64 offset) {
        const Handle *handle = (const Handle *) base;
        File *file = handle->file;
        const size_t at = (size_t) offset, end_of = at + (size_t) n;

        if (is_dead(handle) || !goes_on(handle->platter))
                return SQLITE_IOERR_WRITE;
        if (handle->platter->fault == PLATTER_FULL)
                return SQLITE_FULL;
        image_put(&file->cache, at, from, (size_t) n);
        const bool clean = file->dirty_from >= file->dirty_to;
        file->dirty_from = clean ? at : MIN_OF(file->dirty_from, at);
        file->dirty_to = clean ? end_of : MAX_OF(file->dirty_to, end_of);
        return SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 n) {
        const Handle *handle = (const Handle *) base;

        if (is_dead(handle) || !goes_on(handle->platter))
                return SQLITE_IOERR_TRUNCATE;
        image_resize(&handle->file->cache, (size_t) n);
        return SQLITE_OK;
}

static int on_sync(sqlite3_file *base, int flags _unused_) {
        const Handle *handle = (const Handle *) base;
        File *file = handle->file;
        const size_t from = file->dirty_from, to = MIN_OF(file->dirty_to, file->cache.n);

        if (is_dead(handle) || !goes_on(handle->platter))
                return SQLITE_IOERR_FSYNC;
        file->dirty_from = file->dirty_to = 0;
        if (handle->platter->fault == PLATTER_BROKEN &&
            chance_percent(&handle->platter->chance, 75))
                return SQLITE_IOERR_FSYNC;
        if (handle->platter->fault == PLATTER_LIES)
                return SQLITE_OK;
        image_resize(&file->disk, file->cache.n);
        if (from < to)
                image_put(&file->disk, from, file->cache.bytes + from, to - from);
        return SQLITE_OK;
}

static int on_size(sqlite3_file *base, sqlite3_int64 *ret) {
        *ret = (sqlite3_int64) ((const Handle *) base)->file->cache.n;
        return SQLITE_OK;
}

static int on_lock(sqlite3_file *base _unused_, int level _unused_) {
        return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *base _unused_, int *ret) {
        *ret = 0;
        return SQLITE_OK;
}

static int on_control(sqlite3_file *base _unused_, int what _unused_, void *argument _unused_) {
        return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base _unused_) {
        return 4096;
}

/* As SQLite takes those of Linux to be: a write harms nothing beside it. */
static int on_characteristics(sqlite3_file *base _unused_) {
        return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int on_shared_map(sqlite3_file *base, int region, int size, int extend,
                         void volatile **ret) {
        File *file = ((const Handle *) base)->file;

        if (is_dead((const Handle *) base))
                return SQLITE_IOERR_SHMMAP;
        assert(region < SHARED_MAX);
        if (!file->shared[region] && extend)
                file->shared[region] = calloc(1, (size_t) size);
        *ret = file->shared[region];
        return SQLITE_OK;
}

static int on_shared_lock(sqlite3_file *base _unused_, int offset _unused_, int n _unused_,
                          int flags _unused_) {
        return SQLITE_OK;
}

static void on_shared_barrier(sqlite3_file *base _unused_) {
}

/* The next who opens it is the first, and begins with none. */
static int on_shared_unmap(sqlite3_file *base, int gone _unused_) {
        if (!is_dead((const Handle *) base))
                file_forget_shared(((const Handle *) base)->file);
        return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
        .iVersion = 2,
        .xClose = on_close,
        .xRead = on_read,
        .xWrite = on_write,
        .xTruncate = on_truncate,
        .xSync = on_sync,
        .xFileSize = on_size,
        .xLock = on_lock,
        .xUnlock = on_lock,
        .xCheckReservedLock = on_check_lock,
        .xFileControl = on_control,
        .xSectorSize = on_sector_size,
        .xDeviceCharacteristics = on_characteristics,
        .xShmMap = on_shared_map,
        .xShmLock = on_shared_lock,
        .xShmBarrier = on_shared_barrier,
        .xShmUnmap = on_shared_unmap,
};

/* the file system */

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
                   int *ret_flags) {
        Platter *platter = vfs->pAppData;
        Handle *handle = (Handle *) base;
        File *file = path ? find(platter, path) : NULL;

        base->pMethods = NULL;
        if (!path || platter->ended)
                return SQLITE_CANTOPEN; /* a temporary file, of which the store needs none; a dead
                                           man */
        if (!file) {
                file = find(platter, "");
                assert(file);
                (void) TEXT_COPY(file->path, path);
        }
        free_left(platter);
        file->exists = true;
        *handle = (Handle) { .base = { .pMethods = &methods },
                             .platter = platter,
                             .file = file,
                             .generation = platter->generation };
        if (ret_flags)
                *ret_flags = flags;
        return SQLITE_OK;
}

/* A name that goes is gone at once; nothing depends on when. */
static int on_delete(sqlite3_vfs *vfs, const char *path, int sync_directory _unused_) {
        File *file = find(vfs->pAppData, path);

        if (!file || !file->exists)
                return SQLITE_IOERR_DELETE_NOENT;
        if (!goes_on(vfs->pAppData))
                return SQLITE_IOERR_DELETE;
        file->exists = false;
        file->cache.n = file->disk.n = file->dirty_from = file->dirty_to = 0;
        return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *path, int what _unused_, int *ret) {
        const File *file = find(vfs->pAppData, path);

        *ret = file && file->exists;
        return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs, int n, char *ret) {
        Platter *platter = vfs->pAppData;

        for (int i = 0; i < n; i++)
                ret[i] = (char) chance_next(&platter->chance);
        return n;
}

Platter *platter_new(uint64_t seed) {
        Platter *platter = calloc(1, sizeof(*platter));

        assert(platter);
        platter->below = sqlite3_vfs_find(NULL);
        platter->vfs = *platter->below;
        platter->vfs.zName = "platter";
        platter->vfs.szOsFile = sizeof(Handle);
        platter->vfs.pAppData = platter;
        platter->vfs.xOpen = on_open;
        platter->vfs.xDelete = on_delete;
        platter->vfs.xAccess = on_access;
        platter->vfs.xRandomness = on_randomness;
        platter->chance = seed;
        const int rc = sqlite3_vfs_register(&platter->vfs, true);
        assert(rc == SQLITE_OK);
        (void) rc;
        sqlite3_randomness(0, NULL); /* begins anew, from here */
        return platter;
}

Platter *platter_free(Platter *platter) {
        if (!platter)
                return NULL;
        (void) sqlite3_vfs_unregister(&platter->vfs);
        (void) sqlite3_vfs_register(platter->below, true);
        for (size_t i = 0; i < FILES_MAX; i++)
                file_clear(platter->files + i);
        free_left(platter);
        free(platter);
        return NULL;
}

void platter_fault(Platter *platter, PlatterFault fault) {
        platter->fault = fault;
}

uint64_t platter_lost(const Platter *platter) {
        return platter->lost;
}
