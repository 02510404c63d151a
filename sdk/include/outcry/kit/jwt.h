/* jwt.h: tokens (JWS in the compact form) that a venue wants with each call, signed by the host with ES256 or Ed25519. No ABI promise.
 *
 *   struct kit_jwt jwt = {.algorithm = "ES256", .issuer = "cdp", .name = who->name, .name_size = who->name_size,
 *                         .life_s = 120, .signer = who->signer};
 *   KIT_WRITE(&out, "Authorization: Bearer ");
 *   rc = kit_jwt_write(&mine->kit, &jwt, "GET api.example.com/orders", 26, &out);
 *
 * Invariants
 * - A token is made when its bytes leave, with a nonce of its own and by the venue's clock: none is kept, none is sent twice.
 * - The name of the key is public and stands in the token; the secret stays with the host. All [io]. */
#ifndef OUTCRY_KIT_JWT_H
#define OUTCRY_KIT_JWT_H

#include <outcry/kit/codec.h>

enum { KIT_JWT_NONCE = 32, KIT_JWT_HEAD = 768, KIT_JWT_CLAIMS = 2048, KIT_JWT_SIGNATURE = 64, KIT_JWT_ROOM = 4096 };

struct kit_jwt {
    const char *algorithm; /* "ES256", "EdDSA": as `signer` signs */
    const char *issuer;
    const char *name; /* of the key: `kid` and `sub` */
    uint32_t name_size;
    uint32_t signer; /* handle of the host */
    int64_t life_s;
};

/* {"alg":...,"typ":"JWT","kid":...,"nonce":...} */
static inline oc_rc kit_jwt_head(const struct kit_codec *codec, const struct kit_jwt *jwt, struct kit_write *out)
{
    uint8_t nonce[KIT_JWT_NONCE];
    const oc_rc rc = codec->time->random(codec->host, nonce, sizeof nonce);
    if (rc < 0)
        return rc;
    KIT_WRITE(out, "{\"alg\":\"");
    kit_write_text(out, jwt->algorithm);
    KIT_WRITE(out, "\",\"typ\":\"JWT\",\"kid\":");
    kit_write_json(out, jwt->name, jwt->name_size);
    KIT_WRITE(out, ",\"nonce\":\"");
    kit_write_hex(out, nonce, sizeof nonce);
    KIT_WRITE(out, "\"}");
    return kit_write_end(out);
}

/* OC_E_AGAIN: the venue's clock is not known yet; the host asks for it, and is called again. */
static inline oc_rc kit_jwt_claims(const struct kit_codec *codec, const struct kit_jwt *jwt, const char *uri,
                                   size_t uri_size, struct kit_write *out)
{
    int64_t now_ns, error_ns;
    if (codec->time->venue_ns(codec->host, &now_ns, &error_ns) < 0)
        return OC_E_AGAIN;
    KIT_WRITE(out, "{\"sub\":");
    kit_write_json(out, jwt->name, jwt->name_size);
    KIT_WRITE(out, ",\"iss\":");
    kit_write_json(out, jwt->issuer, strlen(jwt->issuer));
    KIT_WRITE(out, ",\"nbf\":");
    kit_write_i64(out, now_ns / 1000000000);
    KIT_WRITE(out, ",\"exp\":");
    kit_write_i64(out, now_ns / 1000000000 + jwt->life_s);
    if (uri_size) {
        KIT_WRITE(out, ",\"uri\":");
        kit_write_json(out, uri, uri_size);
    }
    KIT_WRITE(out, "}");
    return kit_write_end(out);
}

/* Behind what stands in `out`. `uri`: what it is good for, "GET host/path"; size 0: of a stream, it has none. Codes of sign.sign and kit_write_end. */
static inline oc_rc kit_jwt_write(const struct kit_codec *codec, const struct kit_jwt *jwt, const char *uri,
                                  size_t uri_size, struct kit_write *out)
{
    char head_text[KIT_JWT_HEAD], claims_text[KIT_JWT_CLAIMS];
    struct kit_write head = kit_write_begin(head_text, sizeof head_text);
    struct kit_write claims = kit_write_begin(claims_text, sizeof claims_text);
    uint8_t signature[KIT_JWT_SIGNATURE];
    struct oc_part part;
    const oc_rc head_size = kit_jwt_head(codec, jwt, &head);
    const oc_rc claims_size = head_size < 0 ? head_size : kit_jwt_claims(codec, jwt, uri, uri_size, &claims);
    if (claims_size < 0)
        return claims_size;
    memset(&part, 0, sizeof part);
    part.bytes = out->at;
    kit_write_base64(out, head_text, (size_t)head_size, 1);
    KIT_WRITE(out, ".");
    kit_write_base64(out, claims_text, (size_t)claims_size, 1);
    oc_rc rc = kit_write_end(out);
    if (rc < 0)
        return rc;
    part.size = (uint32_t)(out->at - (const char *)part.bytes);
    rc = codec->sign->sign(codec->host, jwt->signer, &part, 1, signature, sizeof signature);
    if (rc < 0)
        return rc;
    if (rc != KIT_JWT_SIGNATURE)
        return OC_E_INVALID;
    KIT_WRITE(out, ".");
    kit_write_base64(out, signature, sizeof signature, 1);
    return kit_write_end(out);
}

/* The size of a path without its query. */
static inline uint32_t kit_path_size(const struct oc_http *http)
{
    const char *query = (const char *)memchr(http->path, '?', http->path_size);
    return query ? (uint32_t)(query - http->path) : http->path_size;
}

/* The header of a call: "Authorization: Bearer TOKEN", good for this method and this path, without its query, at the place that the call goes to. */
static inline oc_rc kit_jwt_header(const struct kit_codec *codec, const struct kit_jwt *jwt, const struct oc_http *http,
                                   struct kit_write *out)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    char uri[KIT_JWT_CLAIMS], place[128];
    struct kit_write text = kit_write_begin(uri, sizeof uri);
    const oc_rc place_size = codec->net->authority(codec->host, http->endpoint, place, sizeof place);
    if (place_size < 0 || http->method > OC_METHOD_PATCH)
        return place_size < 0 ? place_size : (oc_rc)OC_E_INVALID;
    kit_write_text(&text, methods[http->method]);
    KIT_WRITE(&text, " ");
    kit_write_bytes(&text, place, (size_t)place_size);
    kit_write_bytes(&text, http->path, kit_path_size(http));
    const oc_rc uri_size = kit_write_end(&text);
    KIT_WRITE(out, "Authorization: Bearer ");
    return uri_size < 0 ? uri_size : kit_jwt_write(codec, jwt, uri, (size_t)uri_size, out);
}

#endif
