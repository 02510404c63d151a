/* net_lib.h: what the network needs of libcurl, libwslay and libssl, which are loaded when a session asks for the network: a command that
 * needs none does not pay for them.
 *
 * Invariants
 * - The versions whose headers this was built with, or nothing. Static; never unloaded. */
#ifndef IO_NET_LIB_H
#define IO_NET_LIB_H

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <wslay/wslay.h>

struct net_lib {
    CURLcode (*global_init)(long flags);
    curl_version_info_data *(*version)(CURLversion age);
    CURL *(*easy_new)(void);
    void (*easy_free)(CURL *easy);
    void (*easy_reset)(CURL *easy);
    CURLcode (*set)(CURL *easy, CURLoption option, ...);
    CURLcode (*get)(CURL *easy, CURLINFO info, ...);
    CURLcode (*perform)(CURL *easy);
    CURLcode (*send)(CURL *easy, const void *bytes, size_t size, size_t *ret_sent);
    CURLcode (*recv)(CURL *easy, void *bytes, size_t size, size_t *ret_got);
    const char *(*words)(CURLcode code);
    CURLM *(*multi_new)(void);
    CURLMcode (*multi_free)(CURLM *multi);
    CURLMcode (*multi_set)(CURLM *multi, CURLMoption option, ...);
    CURLMcode (*multi_add)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_remove)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_act)(CURLM *multi, curl_socket_t fd, int is, int *ret_running);
    CURLMsg *(*multi_read)(CURLM *multi, int *ret_left);
    struct curl_slist *(*list_add)(struct curl_slist *list, const char *text);
    void (*list_free)(struct curl_slist *list);

    int (*frames_new)(wslay_frame_context_ptr *ret_frames, const struct wslay_frame_callbacks *callbacks, void *self);
    void (*frames_free)(wslay_frame_context_ptr frames);
    ssize_t (*frames_send)(wslay_frame_context_ptr frames, struct wslay_frame_iocb *part);
    ssize_t (*frames_recv)(wslay_frame_context_ptr frames, struct wslay_frame_iocb *part);

    X509_STORE *(*store_new)(void);
    int (*store_load)(X509_STORE *store, const char *file);
    void (*store_free)(X509_STORE *store);
    void (*context_store)(SSL_CTX *context, X509_STORE *store);
    long (*context_control)(SSL_CTX *context, int command, long number, void *pointer);
    void (*context_level)(SSL_CTX *context, int level);
    void (*context_log)(SSL_CTX *context, SSL_CTX_keylog_cb_func log);
};

/* NULL: they are not there; *ret_missing is the name of what could not be loaded. */
const struct net_lib *net_lib_get(const char **ret_missing);

#endif
