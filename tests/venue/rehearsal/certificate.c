#include "rehearsal/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 1024, DAY_S = 86400 };

static oc_rc complain(struct text *out, const char *path, const char *what)
{
    text_format(out, "%s: %s: %s\n", path, what, errno ? strerror(errno) : "OpenSSL refuses it");
    return OC_E_IO;
}

static bool add_extension(X509 *of, X509 *by, int which, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, by, of, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, which, value);
    const bool is_added = extension && X509_add_ext(of, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static X509 *make(const char *name, EVP_PKEY *key, X509 *by, EVP_PKEY *by_key, long from_s, long to_s,
                  const char *names)
{
    X509 *made = X509_new();
    unsigned char serial[8];
    if (!made || RAND_bytes(serial, sizeof serial) != 1)
        return made;
    serial[0] &= 0x7f;
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
    X509_NAME *subject = X509_get_subject_name(made);
    bool is_good =
        number && X509_set_version(made, 2) == 1 && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made)) &&
        X509_gmtime_adj(X509_getm_notBefore(made), from_s) && X509_gmtime_adj(X509_getm_notAfter(made), to_s) &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1 &&
        X509_set_issuer_name(made, by ? X509_get_subject_name(by) : subject) == 1 && X509_set_pubkey(made, key) == 1;
    BN_free(number);
    if (!by)
        is_good = is_good && add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE") &&
                  add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                  add_extension(made, made, NID_subject_key_identifier, "hash");
    else
        is_good = is_good && add_extension(made, by, NID_subject_alt_name, names) &&
                  add_extension(made, by, NID_ext_key_usage, "serverAuth") &&
                  add_extension(made, by, NID_authority_key_identifier, "keyid");
    if (is_good && X509_sign(made, by_key, EVP_sha256()) > 0)
        return made;
    X509_free(made);
    return NULL;
}

static FILE *open_private(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

static oc_rc make_authority(const char *cert_path, const char *key_path, X509 **ret_cert, EVP_PKEY **ret_key,
                            struct text *out)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = key ? make("Outcry rehearsal venue", key, NULL, key, -DAY_S, 3650l * DAY_S, NULL) : NULL;
    FILE *key_file = open_private(key_path), *cert_file = fopen(cert_path, "we");
    bool is_good = cert && key_file && cert_file &&
                   PEM_write_PrivateKey(key_file, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                   PEM_write_X509(cert_file, cert) == 1;
    is_good = (!key_file || fclose(key_file) == 0) && is_good;
    is_good = (!cert_file || fclose(cert_file) == 0) && is_good;
    if (is_good) {
        *ret_cert = cert;
        *ret_key = key;
        return OC_OK;
    }
    X509_free(cert);
    EVP_PKEY_free(key);
    return complain(out, cert_path, "the authority cannot be written");
}

static oc_rc read_authority(const char *cert_path, const char *key_path, X509 **ret_cert, EVP_PKEY **ret_key,
                            struct text *out)
{
    FILE *cert_file = fopen(cert_path, "re"), *key_file = fopen(key_path, "re");
    errno = 0;
    *ret_cert = cert_file ? PEM_read_X509(cert_file, NULL, NULL, NULL) : NULL;
    *ret_key = key_file ? PEM_read_PrivateKey(key_file, NULL, NULL, NULL) : NULL;
    if (cert_file)
        fclose(cert_file);
    if (key_file)
        fclose(key_file);
    if (*ret_cert && *ret_key && X509_check_private_key(*ret_cert, *ret_key) == 1)
        return OC_OK;
    return complain(out, cert_path, "this and its ca.key are no authority; remove both, and new ones are made");
}

/* ",DNS:NAME" for each name between commas; false: one is no name of a host, or there are too many. */
static bool add_names(char *here, size_t size, const char *names)
{
    size_t length = strlen(here);
    for (const char *at = names; *at; at += *at == ',') {
        const size_t count = strcspn(at, ",");
        if (!count || strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789.-") < count || length + count + 6 > size)
            return false;
        length += (size_t)snprintf(here + length, size - length, ",DNS:%.*s", (int)count, at);
        at += count;
    }
    return true;
}

oc_rc certificates_make(struct certificates *made, const char *folder, const char *names, struct text *out)
{
    char here[512] = "DNS:localhost,IP:127.0.0.1,IP:::1";
    char cert_path[PATH_BYTES], key_path[PATH_BYTES];
    EVP_PKEY *by = NULL;
    memset(made, 0, sizeof *made);
    snprintf(cert_path, sizeof cert_path, "%s/ca.pem", folder);
    snprintf(key_path, sizeof key_path, "%s/ca.key", folder);
    errno = 0;
    if (!add_names(here, sizeof here, names))
        return complain(out, names,
                        "these are no names of hosts, or too many: small letters, digits, dots, a comma between");
    const bool is_there = access(cert_path, F_OK) == 0 || access(key_path, F_OK) == 0;
    oc_rc rc = is_there ? read_authority(cert_path, key_path, &made->authority, &by, out)
                        : make_authority(cert_path, key_path, &made->authority, &by, out);
    if (rc == OC_OK) {
        made->key = EVP_EC_gen("P-256");
        made->good = make("localhost", made->key, made->authority, by, -DAY_S, 397l * DAY_S, here);
        made->expired = make("localhost", made->key, made->authority, by, -20l * DAY_S, -10l * DAY_S, here);
        made->other_name =
            make("venue.example", made->key, made->authority, by, -DAY_S, 397l * DAY_S, "DNS:venue.example");
        if (!made->good || !made->expired || !made->other_name)
            rc = complain(out, cert_path, "certificates cannot be made");
    }
    EVP_PKEY_free(by);
    return rc;
}

void certificates_release(struct certificates *made)
{
    X509_free(made->authority);
    X509_free(made->good);
    X509_free(made->expired);
    X509_free(made->other_name);
    EVP_PKEY_free(made->key);
    memset(made, 0, sizeof *made);
}

bool certificates_show(const struct certificates *made, SSL_CTX *context, const char *name)
{
    X509 *shown = strcmp(name, "expired") == 0      ? made->expired
                  : strcmp(name, "other-name") == 0 ? made->other_name
                                                    : made->good;
    return SSL_CTX_use_certificate(context, shown) == 1 && SSL_CTX_use_PrivateKey(context, made->key) == 1;
}
