/* key_vectors.h: what venues publish, or what was computed for them with other programs: texts, keys made up for it, and signatures. */
#ifndef SUPPORT_KEY_VECTORS_H
#define SUPPORT_KEY_VECTORS_H

#include <outcry/venue.h>

#define TEST     "testsecret9876543210fedcba"
#define US       "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba987654321000"
#define KRAKEN   "a3Jha2VuLXNlY3JldC1rcmFrZW4tc2VjcmV0LWtyYWtlbi1zZWNyZXQta3Jha2VuLXNlY3JldC02NGJ5dGVzIQ=="
#define COINBASE "abcdefghijklmnopqrstuvwxyz012345"

struct key_vector {
    const char *venue;
    uint32_t algorithm;
    uint16_t form;
    const char *secret;
    const char *path;   /* first */
    const char *summed; /* then the SHA-256 of this, where it is not "" */
    const char *text;   /* then this */
    const char *want;   /* hex, or base64 */
};

static const struct key_vector key_vectors[] = {
    {"binance", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=30000.10&newClientOrderId=cid-1&"
     "recvWindow=5000&timestamp=1700000000000",
     "505c13ba2ee3c3bac5b33ed871549c8aa75f446afbccd0acd5492a55f64190db"},
    {"binance", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "", "timestamp=1700000000000&recvWindow=5000",
     "44c135acab95fa62b53f6f9676c1a7211d4264e0a02efef551c97d8c81aad21b"},
    {"binance", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=SELL&type=MARKET&quantity=1&timestamp="
     "1700000000000",
     "defd5e197e0b1b176a1c0aa9782f995817f4f16c742f14c987a12cbb26a49419"},
    {"binance", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "apiKey=testkey0123456789abcdef&price=30000.10&quantity=0.001&recvWindow=5000&side=BUY&symbol=BTCUSDT&timeInForce="
     "GTC&timestamp=1700000000000&type=LIMIT",
     "5eedfccbad05073ee0f3d06be12ae01e735ae3428a865391b72e1319eb20b7fd"},
    {"binance", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "apiKey=testkey0123456789abcdef&timestamp=1700000000000",
     "7641ab27e34ff32f528c815f056b51e2198096730a25324969a3369aae41774e"},
    {"binance_us", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, US, "", "",
     "symbol=BTCUSD&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01000&price=50000.00&newClientOrderId=th-0001&"
     "recvWindow=5000&timestamp=1767225600000",
     "a278e809c4db4f5c544167594b30bc57c5a7536a4a25297f7d79204190e3cd3a"},
    {"binance_us", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, US, "", "", "timestamp=1767225600000&recvWindow=5000",
     "87a60741d3feeb729ff132429a7d4a469038663a759b884112a637936943774b"},
    {"binance_us", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, US, "", "",
     "symbol=BTCUSD&side=SELL&type=MARKETquantity=0.01000&recvWindow=5000&timestamp=1767225600000",
     "c5909054e8e325ddc229efc7c7f8ae8179c553896412acaee0da8d5435ead538"},
    {"binance_us", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, US, "", "",
     "apiKey=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01&newClientOrderId=th-0001&price=50000.00&"
     "quantity=0.01000&recvWindow=5000&side=BUY&symbol=BTCUSD&timeInForce=GTC&timestamp=1767225600000&type=LIMIT",
     "0dc6b2b6e24467fa8eb1c6229879aa90a2f5af773dd28aa744d8fc68d5eb556a"},
    {"binance_us", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT,
     "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j", "", "",
     "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
     "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"},
    {"binance_us", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT,
     "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j", "", "",
     "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
     "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"},
    {"bitmex", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "", "GET/api/v1/position1700000060",
     "445799d82fb415177835c88310a208b715676317a060c81b6d13d304ba1ce51c"},
    {"bitmex", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "GET/api/v1/order?filter=%7B%22open%22%3Atrue%7D1700000060",
     "5f19ec8f115b73cdbae675e89247c9bf4afcdb2521c6984452290a009c022d59"},
    {"bitmex", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "POST/api/v1/"
     "order1700000060{\"symbol\":\"XBTUSD\",\"side\":\"Buy\",\"orderQty\":100,\"price\":30000,\"ordType\":\"Limit\","
     "\"clOrdID\":\"cid-1\"}",
     "71977516e518e08743d80010451133ab86b4f0aeed922dce3901afc8ed090845"},
    {"bitmex", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "", "GET/realtime1700000060",
     "cbdd77408aea29a26080f146a051259ab10f68d534a0d7badc04ed594c945990"},
    {"bitmex", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, "chNOOS4KvNXR_Xq4k4c9qsfoKWvnDecLATCRlcBwyKDYnWgO", "", "",
     "GET/api/v1/instrument1518064236", "c7682d435d0cfe87c16098df34ef2eb5a549d4c5a3c2b1f0f77b8af73423bf00"},
    {"bybit", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "1700000000000testkey0123456789abcdef5000{\"category\":\"linear\",\"symbol\":\"BTCUSDT\",\"side\":\"Buy\","
     "\"orderType\":\"Limit\",\"qty\":\"0.001\",\"price\":\"30000.1\",\"timeInForce\":\"GTC\",\"orderLinkId\":\"cid-"
     "1\"}",
     "677e63f57744f295c7af63dfbe7588c3b7f318ca12cf7267f5cfd3fd85a311f0"},
    {"bybit", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "1700000000000testkey0123456789abcdef5000category=linear&symbol=BTCUSDT",
     "8a645544fe03920a411c3a4105f76288cc2dc9c2136e77b63ed0b3a2a63945ad"},
    {"bybit", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "", "GET/realtime1700000010000",
     "88bd43d4dd1b5ea13dbee5cc861bbdc0065501d8541ee7cfcb878c4dbaf08567"},
    {"coinbase, legacy", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, COINBASE, "", "",
     "1767225600GET/api/v3/brokerage/accounts", "92e37ef05fde77bcac1c3ef16ee72474f21f5b165f4e09faaa449ea5acc6aa18"},
    {"coinbase, legacy", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, COINBASE, "", "",
     "1767225600POST/api/v3/brokerage/"
     "orders{\"client_order_id\":\"11111111-1111-4111-8111-111111111111\",\"product_id\":\"BTC-USD\",\"side\":\"BUY\","
     "\"order_configuration\":{\"limit_limit_gtc\":{\"base_size\":\"0.01\",\"limit_price\":\"50000.00\",\"post_only\":"
     "false}}}",
     "5f1b98e78f4cca3631f78710d27862599fa7d6eaf3d74fe9de304d7f6188a5ae"},
    {"coinbase, legacy", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, COINBASE, "", "", "1767225600level2BTC-USD,ETH-USD",
     "4c65702d97d29e02678a7d27c2652ffeaa304d9f30bafa0605d94d6c4c6228f0"},
    {"deribit", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "", "1700000000000\nabcd1234\n",
     "7eaeba5116ddbfbe96126eab4c03c57d724f89b76864fd1fc01df1d5fe928aa5"},
    {"deribit", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "1700000000000\nabcd1234\nGET\n/api/v2/private/get_account_summary?currency=BTC\n\n",
     "d11d99e726013434007d8db71341d22c01df440ed3cce5d5231ed4b188565970"},
    {"htx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "POST\napi.huobi.pro\n/v1/order/orders/"
     "place\nAccessKeyId=testkey0123456789abcdef&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2023-11-14T22%"
     "3A13%3A20",
     "C2OdT4rrj0V+MmODJmVZu/O0qLHHBEp4HyrOdCK+bFQ="},
    {"htx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "GET\napi.huobi.pro\n/v1/order/"
     "openOrders\nAccessKeyId=testkey0123456789abcdef&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2023-11-"
     "14T22%3A13%3A20&account-id=100009&symbol=btcusdt",
     "qzJcQ41mHIGC//GVracJTruahdlOghdCGr5XL+OaMRo="},
    {"htx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "POST\napi.hbdm.com\n/v5/trade/"
     "order\nAccessKeyId=testkey0123456789abcdef&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2023-11-14T22%"
     "3A13%3A20",
     "qdrIlOkj0B83yu0I+E6RMy1WpDS1cZR1CR0jWgFkdQE="},
    {"htx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "GET\napi.hbdm.com\n/v5/trade/"
     "order\nAccessKeyId=testkey0123456789abcdef&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2023-11-14T22%"
     "3A13%3A20&contract_code=BTC-USDT&order_id=1519705236917489664",
     "2gXIwG0ucjC/wtgzWi7Htd9GR+c0eq1IA2wB2sbvC7s="},
    {"htx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "GET\napi.huobi.pro\n/ws/"
     "v2\naccessKey=testkey0123456789abcdef&signatureMethod=HmacSHA256&signatureVersion=2.1&timestamp=2023-11-14T22%"
     "3A13%3A20",
     "ju3VzpxeL4kLyv1Qu28JX19FAqjQb2SIOxkmmgJVEAM="},
    {"htx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "GET\napi.hbdm.com\n/ws/v5/"
     "notification\nAccessKeyId=testkey0123456789abcdef&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2023-"
     "11-14T22%3A13%3A20",
     "SjF9nQltilVgcEBcp5Ox3e+VBkJTc4BtMHI1wCcW/10="},
    {"htx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "GET\napi.hbdm.com\n/"
     "linear-swap-notification\nAccessKeyId=testkey0123456789abcdef&SignatureMethod=HmacSHA256&SignatureVersion=2&"
     "Timestamp=2023-11-14T22%3A13%3A20",
     "Ji2Ggpzvhs9hKpoJnC2BMH3nCwG5pCO7yY7ZYE5lzzE="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "/0/private/AddOrder",
     "1700000000000nonce=1700000000000&ordertype=limit&pair=XBTUSD&price=30000.1&type=buy&volume=0.001", "",
     "SgAnMZnDmiL4ymQBG9ts/L2tznCVwGLME4KHvCXvotp46Gj8iVHuUogX7B87DltoduwoaL86nyrZkY2eFcAPaA=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "/0/private/AddOrder",
     "1700000000000{\"nonce\":\"1700000000000\",\"ordertype\":\"limit\",\"pair\":\"XBTUSD\",\"price\":\"30000.1\","
     "\"type\":\"buy\",\"volume\":\"0.001\"}",
     "", "w4jUuGqtzyAyjxWVAMvqI1BcERBI7DPmRV10YpOLToTxg/dJiJ0fDEXg3+1w2Y0LHaAiLAq7ll64+u1vpM/Lnw=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "/0/private/GetWebSocketsToken",
     "1700000000000nonce=1700000000000", "",
     "Zmj7WX140cTeclP/T5YsqKaw+bTRHZmR0gTdCpK9KHZ7imOdoqFMsPHCrpTy2Dxry/MLs9v0I9I05KYKmKXuag=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64,
     "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==", "/0/private/AddOrder",
     "1616492376594nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25", "",
     "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "",
     "cliOrdId=cid-1&limitPrice=30000&orderType=lmt&side=buy&size=1&symbol=PF_XBTUSD1700000000000/api/v3/sendorder", "",
     "IHDOH0tX9mOm0T5NBpX9beduIjHaj2Nr4wS1lV+vSHdAaU5FbluF6ZizcVPW0yfrNh6m2owIWG0US9fWqSVnKA=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "",
     "cliOrdId=cid-1&limitPrice=30000&orderType=lmt&side=buy&size=1&symbol=PF_XBTUSD/api/v3/sendorder", "",
     "svEJm6zuZhjsNu8UWjzM0cW0AxTmsCvitH+NrKAcB3MitdrJ6zS14L+60swjsAJ7M4IFvbZmbu3DnLZg3/OlvA=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "", "/api/v3/openorders", "",
     "FzGOQXOjI0MAHXWN4lhUkCFkfKuyjQlEIQEIwc+s8Uh8U5cykc7u7zAi4hbzWNLIozaRWIZ23GNdt+u5NcRtEg=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "", "1700000000000/api/v3/openorders", "",
     "8AKMV7SWumMLbLJzypDgrETcJfpmR6T2BIoRvN2TXEWobbJvaY9Z2qa/ob48sq304SUNKVap3GaUSKJn+3bO/A=="},
    {"kraken", OC_SIGN_HMAC_SHA512, OC_CREDENTIAL_BASE64, KRAKEN, "", "226aee50-88fc-4618-a42a-34f7709570b2", "",
     "9iY69QDTiJrIDjcX2T2nPQmskcdsHA1kWt0xGV0gfz+w4fAz1WTzBApPIXTmyGLVbSmOGCsbdjYdQhcQJFHKYw=="},
    {"kucoin", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "1700000000000POST/api/v1/hf/"
     "orders{\"clientOid\":\"cid-1\",\"side\":\"buy\",\"symbol\":\"BTC-USDT\",\"type\":\"limit\",\"price\":\"30000.1\","
     "\"size\":\"0.001\"}",
     "cTRkdFcNMEAkDgtn9CvKMZrryzkTj0GUcnmKfdGS5tU="},
    {"kucoin", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "1700000000000GET/api/v1/hf/orders/active?symbol=BTC-USDT", "38QplkhumoWAHBbzk/uQY8gdEtxn3APLjjZm16POO/E="},
    {"kucoin", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "", "1700000000000POST/api/v1/bullet-private",
     "3FcKa+ke/LiXHEMQT6It+obw2c4SHeJQDmcva29NVcc="},
    {"okx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "2023-11-14T22:13:20.000ZPOST/api/v5/trade/"
     "order{\"instId\":\"BTC-USDT\",\"tdMode\":\"cash\",\"side\":\"buy\",\"ordType\":\"limit\",\"sz\":\"0.001\",\"px\":"
     "\"30000.1\",\"clOrdId\":\"cid1\"}",
     "o+eTy1pz9NyzB9F+u9RLWCoidnT/FervikuQqthwmaM="},
    {"okx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "",
     "2023-11-14T22:13:20.000ZGET/api/v5/trade/order?instId=BTC-USDT&ordId=590908157585625111",
     "62DOq5o1t9X9GHcfY/5N1nu554bcEPJJc7HcBEfA8Xc="},
    {"okx", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, TEST, "", "", "1700000000GET/users/self/verify",
     "+C/mS3cB/Fm8sxDd+gQh2MA1Z0S7axCf0ARVxAkCNus="},
    {"mt5", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, "bridge-secret", "", "", "S:a1b2c3d4e5f60718",
     "bd3583d05a089b58104c08c4780b141ac106434abc7102fd46b37116d1e9d3f4"},
    {"mt5", OC_SIGN_HMAC_SHA256, OC_CREDENTIAL_TEXT, "bridge-secret", "", "", "C:0f1e2d3c4b5a6978",
     "25c28578b3b20332e294eb72d14dbbb717c9d5a9a59fd53118357b0f8d0b9782"},
};

/* Coinbase: what stands before the last dot of a token. */
static const char rest_es256[] =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1"
    "NTU1NTU1NTU1L2FwaUtleXMvNjY2NjY2NjYtNzc3Ny00ODg4LTg5OTktYWFhYWFhYWFhYWFhIiwibm9uY2UiOiIwMDAxMDIwMzA0"
    "MDUwNjA3MDgwOTBhMGIwYzBkMGUwZjEwMTExMjEzMTQxNTE2MTcxODE5MWExYjFjMWQxZTFmIn0.eyJzdWIiOiJvcmdhbml6YXRp"
    "b25zLzExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NS9hcGlLZXlzLzY2NjY2NjY2LTc3NzctNDg4OC04OTk5LWFh"
    "YWFhYWFhYWFhYSIsImlzcyI6ImNkcCIsIm5iZiI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1NzIwLCJ1cmkiOiJHRVQgYXBpLmNv"
    "aW5iYXNlLmNvbS9hcGkvdjMvYnJva2VyYWdlL2FjY291bnRzIn0";
static const char stream_es256[] =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1"
    "NTU1NTU1NTU1L2FwaUtleXMvNjY2NjY2NjYtNzc3Ny00ODg4LTg5OTktYWFhYWFhYWFhYWFhIiwibm9uY2UiOiIwMDAxMDIwMzA0"
    "MDUwNjA3MDgwOTBhMGIwYzBkMGUwZjEwMTExMjEzMTQxNTE2MTcxODE5MWExYjFjMWQxZTFmIn0.eyJzdWIiOiJvcmdhbml6YXRp"
    "b25zLzExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NS9hcGlLZXlzLzY2NjY2NjY2LTc3NzctNDg4OC04OTk5LWFh"
    "YWFhYWFhYWFhYSIsImlzcyI6ImNkcCIsIm5iZiI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1NzIwfQ";
static const char rest_ed25519[] =
    "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1"
    "NTU1NTU1NTU1L2FwaUtleXMvNjY2NjY2NjYtNzc3Ny00ODg4LTg5OTktYWFhYWFhYWFhYWFhIiwibm9uY2UiOiIwMDAxMDIwMzA0"
    "MDUwNjA3MDgwOTBhMGIwYzBkMGUwZjEwMTExMjEzMTQxNTE2MTcxODE5MWExYjFjMWQxZTFmIn0.eyJzdWIiOiJvcmdhbml6YXRp"
    "b25zLzExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NS9hcGlLZXlzLzY2NjY2NjY2LTc3NzctNDg4OC04OTk5LWFh"
    "YWFhYWFhYWFhYSIsImlzcyI6ImNkcCIsIm5iZiI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1NzIwLCJ1cmkiOiJQT1NUIGFwaS5j"
    "b2luYmFzZS5jb20vYXBpL3YzL2Jyb2tlcmFnZS9vcmRlcnMifQ";

/* SEC1, and the same key as PKCS #8; made up: d is the SHA-256 of a sentence. */
static const char p256_sec1[] = "-----BEGIN EC PRIVATE KEY-----\n"
                                "MHcCAQEEINwNBi+kAgEgIITg+MrsdAZtxB+AlngQAlKejeJhCeEtoAoGCCqGSM49\n"
                                "AwEHoUQDQgAEkxLggtiyvHe1wLO7OaNU98jTBxeza13eaahYn+qn6T/FCZ9Gv0CY\n"
                                "lk+3A7GEIkR8yDJgWV04GQDWLfIDmQ9sug==\n"
                                "-----END EC PRIVATE KEY-----\n";
static const char p256_public[] = "049312e082d8b2bc77b5c0b3bb39a354f7c8d30717b36b5dde69a8589feaa7e93f"
                                  "c5099f46bf4098964fb703b18422447cc83260595d381900d62df203990f6cba";
static const char p256_rest[] = "3a2494d31bb86006c148b84e230b6b5072d60d84267c3ac361c9d9b235fb02e6"
                                "7caf19f409e1569dea898918482b5e022533e452c6ebfa713fcd4af3de68304c";
static const char p256_stream[] = "6b5c13bef6b91171b2078b8612e1133458c6791ab4a72829ece9fb4b080d3521"
                                  "d8d1731d095df27c97b2f4d21bfdc093345fab651065799b7395963d28ffe8cd";
static const char ed25519_seed_hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
static const char ed25519_base64[] =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
static const char ed25519_seed_base64[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
static const char ed25519_pkcs8[] = "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
static const char ed25519_public[] = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
static const char ed25519_rest[] = "38cf661b20713cb2fd741b2b936cf225ea92c2c85a14d6497e3e2e7a602c3ff1"
                                   "88bebd71f87b9943579c745a88a13ac7d2d63476f3c06152fa3b41f39dee4005";

/* Made by openssl 3.0: `openssl dgst -sha256 -sign`. */
static const char rsa_text[] = "POST&https://example/live_session_token";
static const char rsa_pkcs1[] = "-----BEGIN RSA PRIVATE KEY-----\n"
                                "MIIEowIBAAKCAQEArMNWiuSHnWPjgNBFyrY0YkcJzcWnFLNO3BljUZVRF6Tk42/7\n"
                                "ccz8dWYAyspX6GuqQ4wyvOTlpK9x6Zec17y2tLun5bDja6EpeGi9JLSfAbzzCDUQ\n"
                                "gf9puHdaud21LCi/i/FnCWG7FyDEwBUiWdfHpbCLUDkARA50aVKQYZ1W6rAufxfo\n"
                                "qpEc6EdSRDk7Acr3f7vDfpZ5CRticYS2RJkUxpQqq+ygDTicu6JOPqlxEVoHwHdg\n"
                                "Pli74Tgua3vYNYGjJ+cq0iygIneMy6WLFE2kZ8aNphYT02nzF0j5PTGulcldRF7E\n"
                                "NbXsfJR9p5FoL0c/IKSKkR5pFbnT5rSAF6CD7wIDAQABAoIBABaGjaUkcO47lPE5\n"
                                "tq/cm+3od0XGLKfNTU3zXXjIsD8V9+YTtsQ6xvwDpbzLLzUVvKh8Ai2Q5sRXP9IG\n"
                                "O6QBbg0YnqabLrvc0oxpk6fSiRzv5vw99v4MMFul7EVpu/KbCYaUniuh+4PjeOPW\n"
                                "nZj7QoO/Bhsao4c8Hz+QTVT879U/lkcRyDI6DvjZAL2dTUdUOX2AvoecArvos9Au\n"
                                "+iRXYJC9f0di6KV4vv7T8NeqBvzM1UNnSO7lI5TNX1LhEsF/Ny8wz34MmU/j7QP3\n"
                                "GQar7c3oGbE3C5G88C/Vvk5HkXo7+8awxjzOAO7j1MF0NN8rDTKOd2mUEj2xirLD\n"
                                "IXK33okCgYEA7Kjgv7hUKW9d315m2qCMv1x/YF/1OdOwHnMCqOCO6bG2/bBz7R4C\n"
                                "ZrQ3FVwqvaYvXE03PNrWol3gXPscoXgpGSP1MVhOS6RhWdkDVyhl3snICClC1WYL\n"
                                "5ImjeqX54/Vl5mBEJjxLga8q9wnWm+PQ8dJFcz5eFyzpxj+m6X8ZsWMCgYEAuuGw\n"
                                "IGhb5I42qmSycX9d5DNYyZGoCY3vVVgIK09xOu0i63cjA99SW8pGO5AciRd3bEJu\n"
                                "S4dG8j0PfkPe8K2l7tC+0GBe35uPLStAt2OA0YQNc/to9KUEHz9OP+K/mmX8C6W+\n"
                                "IrxDFr2SKTH/g6mvg0YsOLnqavZUq5ZmpnLbzwUCgYBNr23/YTm3VEhjT3DB6Zvq\n"
                                "ISnq7/Tmo5eXlzdTSkt/aQfhpO+Y8ZXmMtg2Gcgp8whu6yXrwwZbzCcfPor6ciBD\n"
                                "kWsmZI9nAzG1tagED03JYUFZdHns5Q+YWJoiY6Nw8hgeFJGqX3aFvoODDma1S4ZG\n"
                                "KzkDCIEIaITgv/pBgahkcwKBgG3+GbjpU3SxU3F0tSZiLbP7mL2C0mFVPdGAb8Z2\n"
                                "CpIBMrVeOKi1z3ahFjdGedUij7KTYvFnXJWE5NKPRe9odSqbiEODBTQdDecq9vs5\n"
                                "QH+Qdo6WIc8kNMnja73kSpuofPGqCr/NCLugth8zA03OGLRuH+b/Xf64n1siuaYs\n"
                                "Ij21AoGBAI1APM7tZNq6WnZ4yza698qLRU8SyZXNt4vIY1NcHzkabGafb2mx2Ssr\n"
                                "7s3XsXr+rmMJucJsdV9djcwn8gPZqH5nbkUeBdwZUQA29IcUbeYif3g0BLLDJH4v\n"
                                "quRP+4ImGcS7OhzfTThND9mUV36YjKsGnPHNnhATQ+JyURWymjA0\n"
                                "-----END RSA PRIVATE KEY-----\n";
static const char rsa_pkcs8[] = "-----BEGIN PRIVATE KEY-----\n"
                                "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCsw1aK5IedY+OA\n"
                                "0EXKtjRiRwnNxacUs07cGWNRlVEXpOTjb/txzPx1ZgDKylfoa6pDjDK85OWkr3Hp\n"
                                "l5zXvLa0u6flsONroSl4aL0ktJ8BvPMINRCB/2m4d1q53bUsKL+L8WcJYbsXIMTA\n"
                                "FSJZ18elsItQOQBEDnRpUpBhnVbqsC5/F+iqkRzoR1JEOTsByvd/u8N+lnkJG2Jx\n"
                                "hLZEmRTGlCqr7KANOJy7ok4+qXERWgfAd2A+WLvhOC5re9g1gaMn5yrSLKAid4zL\n"
                                "pYsUTaRnxo2mFhPTafMXSPk9Ma6VyV1EXsQ1tex8lH2nkWgvRz8gpIqRHmkVudPm\n"
                                "tIAXoIPvAgMBAAECggEAFoaNpSRw7juU8Tm2r9yb7eh3RcYsp81NTfNdeMiwPxX3\n"
                                "5hO2xDrG/AOlvMsvNRW8qHwCLZDmxFc/0gY7pAFuDRieppsuu9zSjGmTp9KJHO/m\n"
                                "/D32/gwwW6XsRWm78psJhpSeK6H7g+N449admPtCg78GGxqjhzwfP5BNVPzv1T+W\n"
                                "RxHIMjoO+NkAvZ1NR1Q5fYC+h5wCu+iz0C76JFdgkL1/R2LopXi+/tPw16oG/MzV\n"
                                "Q2dI7uUjlM1fUuESwX83LzDPfgyZT+PtA/cZBqvtzegZsTcLkbzwL9W+TkeRejv7\n"
                                "xrDGPM4A7uPUwXQ03ysNMo53aZQSPbGKssMhcrfeiQKBgQDsqOC/uFQpb13fXmba\n"
                                "oIy/XH9gX/U507AecwKo4I7psbb9sHPtHgJmtDcVXCq9pi9cTTc82taiXeBc+xyh\n"
                                "eCkZI/UxWE5LpGFZ2QNXKGXeycgIKULVZgvkiaN6pfnj9WXmYEQmPEuBryr3Cdab\n"
                                "49Dx0kVzPl4XLOnGP6bpfxmxYwKBgQC64bAgaFvkjjaqZLJxf13kM1jJkagJje9V\n"
                                "WAgrT3E67SLrdyMD31JbykY7kByJF3dsQm5Lh0byPQ9+Q97wraXu0L7QYF7fm48t\n"
                                "K0C3Y4DRhA1z+2j0pQQfP04/4r+aZfwLpb4ivEMWvZIpMf+Dqa+DRiw4uepq9lSr\n"
                                "lmamctvPBQKBgE2vbf9hObdUSGNPcMHpm+ohKerv9Oajl5eXN1NKS39pB+Gk75jx\n"
                                "leYy2DYZyCnzCG7rJevDBlvMJx8+ivpyIEORayZkj2cDMbW1qAQPTclhQVl0eezl\n"
                                "D5hYmiJjo3DyGB4UkapfdoW+g4MOZrVLhkYrOQMIgQhohOC/+kGBqGRzAoGAbf4Z\n"
                                "uOlTdLFTcXS1JmIts/uYvYLSYVU90YBvxnYKkgEytV44qLXPdqEWN0Z51SKPspNi\n"
                                "8WdclYTk0o9F72h1KpuIQ4MFNB0N5yr2+zlAf5B2jpYhzyQ0yeNrveRKm6h88aoK\n"
                                "v80Iu6C2HzMDTc4YtG4f5v9d/rifWyK5piwiPbUCgYEAjUA8zu1k2rpadnjLNrr3\n"
                                "yotFTxLJlc23i8hjU1wfORpsZp9vabHZKyvuzdexev6uYwm5wmx1X12NzCfyA9mo\n"
                                "fmduRR4F3BlRADb0hxRt5iJ/eDQEssMkfi+q5E/7giYZxLs6HN9NOE0P2ZRXfpiM\n"
                                "qwac8c2eEBND4nJRFbKaMDQ=\n"
                                "-----END PRIVATE KEY-----\n";
static const char rsa_signature[] =
    "48062d3421d141f8aa4d7e99a793dd102c2970cec6becbedab85390f43f56ff5e5f40d793ed6111c4b2dfccdee699d5e"
    "5173dc515dff893adcc7391bdaa6d7766f3d1aea39ceec815db3c961a4eee25a9f2dd663551c4e1f6948137bc78754f6"
    "f1174e263ca3a4a24c1af4ec28f0d59601243d0cdff28fec6b8b9757230920ed838483ac86e5876d603774b9e4fc4496"
    "6746fea720f19d9c7d5923a9401e93b450e82bf97ccf2851667461b519c08a0fde677f6e299b499c7a8e23e961e4b0ec"
    "778415acce0bb6646fbae12d3f473af9fcf3d6ece7b2980dd7aee4a4a66f8313b643d5dbdb89649543c648fe337c1c0d"
    "bcf1cbd71eea450c9abe05ae4c24e473";

#endif
