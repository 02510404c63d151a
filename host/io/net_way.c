#include "io/net_way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/order.h>

#include "base/env_net.h"

enum {
    SECURITY_LEVEL = 2
}; /* of OpenSSL: no key under 2048 bits of RSA or 224 of a curve, no signature by SHA-1 or MD5 */
#define NS_PER_MS 1000000

/* Urls. */

static const struct {
    const char *name;
    bool is_tls, is_lines, is_websocket;
} schemes[] = {{"https", true, false, false}, {"http", false, false, false}, {"wss", true, false, true},
               {"ws", false, false, true},    {"tls", true, true, false},    {"tcp", false, true, false}};

oc_rc net_url_read(const char *text, struct net_url *ret_url, char *words)
{
    struct net_url url = {.path = ""};
    const char *colon = strstr(text, "://");
    const size_t size = colon ? (size_t)(colon - text) : 0;
    size_t i = 0;
    while (i < sizeof schemes / sizeof *schemes &&
           (strlen(schemes[i].name) != size || strncmp(schemes[i].name, text, size) != 0))
        i++;
    if (!colon || i == sizeof schemes / sizeof *schemes) {
        snprintf(words, NET_WORDS_MAX,
                 "a url begins with https:// wss:// tls://, or to this machine http:// ws:// tcp://");
        return OC_E_CONFIG;
    }
    const char *host = colon + 3;
    const size_t host_size = strcspn(host, "/ ?#"), path_size = strcspn(host + host_size, " ?#");
    const char last = host[host_size + path_size];
    if (!host_size || host_size >= sizeof url.authority || path_size >= sizeof url.path ||
        memchr(host, '@', host_size) || (last != 0 && last != ' ')) {
        snprintf(words, NET_WORDS_MAX, "expected SCHEME://HOST[:PORT][/PATH], without a name, a password or a query");
        return OC_E_CONFIG;
    }
    for (size_t k = 0; k < host_size + path_size; k++)
        if ((unsigned char)host[k] <= ' ' || (unsigned char)host[k] >= 127) {
            snprintf(words, NET_WORDS_MAX, "it holds a byte that no url may have");
            return OC_E_CONFIG;
        }
    snprintf(url.scheme, sizeof url.scheme, "%s", schemes[i].name);
    snprintf(url.authority, sizeof url.authority, "%.*s", (int)host_size, host);
    snprintf(url.path, sizeof url.path, "%.*s", (int)path_size, host + host_size);
    while (url.path[0] && url.path[strlen(url.path) - 1] == '/')
        url.path[strlen(url.path) - 1] = 0;
    url.is_tls = schemes[i].is_tls;
    url.is_lines = schemes[i].is_lines;
    url.is_websocket = schemes[i].is_websocket;
    *ret_url = url;
    return OC_OK;
}

/* Trust. */

static oc_rc refuse(const struct net_config *config, const char *key, const char *what, struct error *ret_error)
{
    error_at(ret_error, OC_E_CONFIG, "%s.%s", config->where, key);
    error_what(ret_error, "%s", what);
    return OC_E_CONFIG;
}

static oc_rc take_proxy(struct net_trust *trust, const struct net_config *config, struct error *ret_error)
{
    static const char *const kinds[] = {"http://", "socks5://", "socks5h://"};
    size_t i = 0;
    while (i < 3 && strncmp(config->proxy, kinds[i], strlen(kinds[i])) != 0)
        i++;
    oc_rc rc = OC_OK;
    if (i == 3 || !config->proxy[strlen(kinds[i])] || strlen(config->proxy) >= sizeof trust->proxy)
        rc = refuse(config, "proxy", "this is no proxy", ret_error);
    else if (strchr(config->proxy, '@'))
        rc = refuse(config, "proxy", "a proxy that asks for a name and a password is not supported", ret_error);
    if (rc < 0) {
        error_found(ret_error, "%s", strchr(config->proxy, '@') ? "(not shown)" : config->proxy);
        error_expected(ret_error, "http://HOST:PORT, socks5://HOST:PORT or socks5h://HOST:PORT");
        return rc;
    }
    snprintf(trust->proxy, sizeof trust->proxy, "%s", config->proxy);
    return OC_OK;
}

oc_rc net_trust_init(struct net_trust *trust, const struct net_lib *lib, const struct net_config *config,
                     struct error *ret_error)
{
    const curl_version_info_data *built = lib->version(CURLVERSION_NOW);
    const char *file = config->ca_file ? config->ca_file : built->cainfo;
    *trust = (struct net_trust){.lib = lib};
    if (config->proxy && take_proxy(trust, config, ret_error) < 0)
        return OC_E_CONFIG;
    trust->store = lib->store_new();
    if (!trust->store)
        return error_of_code(ret_error, OC_E_NOMEM, config->where, "whom to trust could not be read");
    if (config->ca_file && (!env_exists(file) || lib->store_load(trust->store, file) != 1)) {
        (void)refuse(config, "ca_file", "it holds no certificate of an authority that could be read", ret_error);
        error_found(ret_error, "%s", file);
        error_expected(ret_error, "a file of certificates in PEM");
        return OC_E_CONFIG;
    }
    if (!config->ca_file && file)
        (void)lib->store_load(trust->store, file); /* none: then nobody is trusted */
    return OC_OK;
}

void net_trust_release(struct net_trust *trust)
{
    if (trust->store)
        trust->lib->store_free(trust->store);
    trust->store = NULL;
}

/* Handles. */

static CURLcode on_context(CURL *easy, void *context, void *self)
{
    const struct net_way *way = self;
    const struct net_lib *lib = way->trust->lib;
    (void)easy;
    lib->context_store(context, way->trust->store);
    lib->context_level(context, SECURITY_LEVEL);
    lib->context_log(context, NULL); /* no variable of the environment has keys written down */
    if (way->reads_ahead)
        (void)lib->context_control(context, SSL_CTRL_SET_READ_AHEAD, 1, NULL);
    return CURLE_OK;
}

static curl_socket_t on_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct net_way *way = self;
    int fd;
    (void)purpose;
    if (!way->url->is_tls && !env_net_is_loopback(&address->addr, address->addrlen)) {
        way->is_away = true;
        return CURL_SOCKET_BAD;
    }
    return env_net_socket(address->family, address->socktype, address->protocol, NET_DEAD_NS, &fd) < 0 ? CURL_SOCKET_BAD
                                                                                                       : fd;
}

/* What every handle is told, whatever it is for. */
static bool set_all(struct net_way *way, CURL *easy)
{
    const struct net_lib *lib = way->trust->lib;
    const char *proxy = way->url->is_tls ? way->trust->proxy : ""; /* plain goes to this machine */
    CURLcode bad = CURLE_OK;
#define SET(option, value) bad = bad == CURLE_OK ? lib->set(easy, option, value) : bad
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a name that is being resolved is not waited for */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSL_ENABLE_ALPN, way->url->is_lines ? 0L : 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_PROXY, proxy); /* "": none, whatever the environment says */
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_HTTPPROXYTUNNEL, *proxy ? 1L : 0L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CAINFO, (char *)NULL); /* the store is read once, and set in on_context */
    SET(CURLOPT_CAPATH, (char *)NULL);
    if (way->url->is_tls)
        SET(CURLOPT_SSL_CTX_FUNCTION, on_context);
    SET(CURLOPT_SSL_CTX_DATA, (void *)way);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(CURLOPT_OPENSOCKETDATA, (void *)way);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(NET_CONNECT_NS / NS_PER_MS));
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_ERRORBUFFER, way->words);
#undef SET
    return bad == CURLE_OK;
}

oc_rc net_way_set(struct net_way *way, CURL *easy) { return set_all(way, easy) ? OC_OK : OC_E_NOMEM; }

oc_rc net_way_to(struct net_way *way, CURL *easy, const char *path)
{
    const size_t size = strlen(way->url->authority) + strlen(way->url->path) + strlen(path) + 16;
    char *url = malloc(size);
    if (!url)
        return OC_E_NOMEM;
    snprintf(url, size, "http%s://%s%s%s", way->url->is_tls ? "s" : "", way->url->authority, way->url->path, path);
    way->words[0] = 0;
    way->is_away = false;
    const bool is_set = way->trust->lib->set(easy, CURLOPT_URL, url) == CURLE_OK; /* it keeps a copy */
    free(url);
    return is_set ? OC_OK : OC_E_NOMEM;
}

uint32_t net_way_why(const struct net_way *way, CURLcode code, char words[NET_WORDS_MAX])
{
    const char *said = way->words[0] ? way->words : way->trust->lib->words(code);
    if (way->is_away) {
        snprintf(words, NET_WORDS_MAX, "%s:// to another machine is not supported: only TLS leaves this one",
                 way->url->scheme);
        return OC_WHY_NOT_SUPPORTED;
    }
    if (code == CURLE_UNSUPPORTED_PROTOCOL || strstr(said, "application protocol")) {
        snprintf(words, NET_WORDS_MAX, "the server does not speak HTTP/1.1, and HTTP/2 is not supported: %s", said);
        return OC_WHY_NOT_SUPPORTED;
    }
    snprintf(words, NET_WORDS_MAX, "%s", said);
    switch ((int)code) {
    case CURLE_OPERATION_TIMEDOUT:
        return OC_WHY_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return OC_WHY_TLS;
    case CURLE_WRITE_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_RECV_ERROR:
        return code == CURLE_RECV_ERROR ? OC_WHY_NETWORK : OC_WHY_PROTOCOL;
    default:
        return OC_WHY_NETWORK;
    }
}
