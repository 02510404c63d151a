/* epoch.c: see epoch.h. */
#include "journal/epoch.h"

#include <stdio.h>

static const char file_name[] = "epoch";

oc_rc epoch_read(const char *dir, struct journal_epoch_file *ret_file)
{
    char path[ENV_PATH_MAX], *data;
    size_t size;
    oc_rc rc = env_path(path, dir, file_name);
    if (rc >= 0)
        rc = env_read_file(path, JOURNAL_PAGE, &data, &size);
    if (rc < 0)
        return rc == OC_E_LIMIT ? OC_E_DATA : rc;
    struct journal_epoch_file file;
    if (size != sizeof file)
        rc = OC_E_DATA;
    else
        memcpy(&file, data, sizeof file);
    env_free(data);
    if (rc < 0)
        return rc;
    if (file.magic != JOURNAL_EPOCH_MAGIC || file.check != JOURNAL_CHECK(&file) || file.epoch == 0 ||
        file.epoch > JOURNAL_EPOCH_MAX)
        return OC_E_DATA;
    if (file.version != JOURNAL_VERSION)
        return OC_E_TOO_NEW;
    *ret_file = file;
    return OC_OK;
}

static oc_rc write_file(const struct epoch *epoch, bool is_clean, uint64_t id_end, uint64_t last_seq)
{
    if (!epoch->dir[0])
        return OC_OK;
    struct journal_epoch_file file = {
        .magic = JOURNAL_EPOCH_MAGIC,
        .version = JOURNAL_VERSION,
        .epoch = epoch->number,
        .is_clean = is_clean,
        .id_end = id_end,
        .last_seq = last_seq,
    };
    memcpy(file.session, epoch->session, sizeof file.session);
    file.check = JOURNAL_CHECK(&file);
    return env_replace_file(epoch->dir, file_name, &file, sizeof file);
}

oc_rc epoch_open(struct epoch *epoch, const char *dir, const uint8_t session[16])
{
    struct journal_epoch_file file;
    memset(epoch, 0, sizeof *epoch);
    epoch->number = 1;
    epoch->next_id = 1;
    memcpy(epoch->session, session, sizeof epoch->session);
    if (dir) {
        oc_rc rc = env_path(epoch->dir, dir, NULL);
        if (rc >= 0)
            rc = epoch_read(dir, &file);
        if (rc < 0 && rc != OC_E_NOT_FOUND)
            return rc;
        if (rc >= 0) {
            epoch->number = file.is_clean ? file.epoch : file.epoch + 1;
            epoch->next_id = file.is_clean ? file.id_end : 1;
        }
    }
    if (epoch->number > JOURNAL_EPOCH_MAX)
        return OC_E_LIMIT;
    epoch->id_end = epoch->next_id + JOURNAL_ID_BLOCK;
    return write_file(epoch, false, epoch->id_end, 0);
}

oc_rc epoch_next(struct epoch *epoch, uint64_t *ret_id)
{
    if (epoch->next_id >> JOURNAL_ID_BITS)
        return OC_E_LIMIT;
    if (epoch->next_id == epoch->id_end) {
        oc_rc rc = write_file(epoch, false, epoch->id_end + JOURNAL_ID_BLOCK, 0);
        if (rc < 0)
            return rc;
        epoch->id_end += JOURNAL_ID_BLOCK;
    }
    *ret_id = (uint64_t)epoch->number << JOURNAL_ID_BITS | epoch->next_id++;
    return OC_OK;
}

oc_rc epoch_close(struct epoch *epoch, uint64_t last_seq) { return write_file(epoch, true, epoch->next_id, last_seq); }
