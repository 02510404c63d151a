#include "io/net_lib.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/opensslv.h>

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)
#define COUNT(list)     (sizeof(list) / sizeof *(list))

static struct net_lib lib;

struct named {
    void *member; /* a pointer to a function */
    const char *name;
};

static bool load(const char *file, const struct named *names, size_t count)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < count; i++) {
        void *symbol = dlsym(library, names[i].name);
        if (!symbol)
            return false;
        memcpy(names[i].member, &symbol, sizeof symbol);
    }
    return library != NULL;
}

static const struct named curl_names[] = {{&lib.global_init, "curl_global_init"},
                                          {&lib.version, "curl_version_info"},
                                          {&lib.easy_new, "curl_easy_init"},
                                          {&lib.easy_free, "curl_easy_cleanup"},
                                          {&lib.easy_reset, "curl_easy_reset"},
                                          {&lib.set, "curl_easy_setopt"},
                                          {&lib.get, "curl_easy_getinfo"},
                                          {&lib.perform, "curl_easy_perform"},
                                          {&lib.send, "curl_easy_send"},
                                          {&lib.recv, "curl_easy_recv"},
                                          {&lib.words, "curl_easy_strerror"},
                                          {&lib.multi_new, "curl_multi_init"},
                                          {&lib.multi_free, "curl_multi_cleanup"},
                                          {&lib.multi_set, "curl_multi_setopt"},
                                          {&lib.multi_add, "curl_multi_add_handle"},
                                          {&lib.multi_remove, "curl_multi_remove_handle"},
                                          {&lib.multi_act, "curl_multi_socket_action"},
                                          {&lib.multi_read, "curl_multi_info_read"},
                                          {&lib.list_add, "curl_slist_append"},
                                          {&lib.list_free, "curl_slist_free_all"}};
static const struct named wslay_names[] = {{&lib.frames_new, "wslay_frame_context_init"},
                                           {&lib.frames_free, "wslay_frame_context_free"},
                                           {&lib.frames_send, "wslay_frame_send"},
                                           {&lib.frames_recv, "wslay_frame_recv"}};
static const struct named crypto_names[] = {{&lib.store_new, "X509_STORE_new"},
                                            {&lib.store_load, "X509_STORE_load_file"},
                                            {&lib.store_free, "X509_STORE_free"}};
static const struct named ssl_names[] = {{&lib.context_store, "SSL_CTX_set1_cert_store"},
                                         {&lib.context_control, "SSL_CTX_ctrl"},
                                         {&lib.context_level, "SSL_CTX_set_security_level"},
                                         {&lib.context_log, "SSL_CTX_set_keylog_callback"}};

const struct net_lib *net_lib_get(const char **ret_missing)
{
    static const struct {
        const char *file;
        const struct named *names;
        size_t count;
    } parts[] = {{"libcurl.so.4", curl_names, COUNT(curl_names)},
                 {"libwslay.so.1", wslay_names, COUNT(wslay_names)},
                 {"libcrypto.so." TEXT(OPENSSL_SHLIB_VERSION), crypto_names, COUNT(crypto_names)},
                 {"libssl.so." TEXT(OPENSSL_SHLIB_VERSION), ssl_names, COUNT(ssl_names)}};
    static bool is_loaded;
    for (size_t i = 0; !is_loaded && i < COUNT(parts); i++)
        if (!load(parts[i].file, parts[i].names, parts[i].count)) {
            *ret_missing = parts[i].file;
            return NULL;
        }
    if (!is_loaded && lib.global_init(CURL_GLOBAL_ALL) != CURLE_OK) {
        *ret_missing = parts[0].file;
        return NULL;
    }
    is_loaded = true;
    return &lib;
}
