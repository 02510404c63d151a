# face_groups.sh: the group of a configuration for the rehearsal venue `face`; `more`: lines of it.
face_group() { # FACE PORT FOLDER
    case $1 in
    binanceus)
        endpoint="rest = \"https://localhost:$2\"; stream = \"wss://localhost:$2\";"
        key="api_key = \"file:$3/main.key\"; secret = \"file:$3/main.secret\";"
        instrument='symbol = "BTC/USD"; price_step = "0.01"; qty_step = "0.00001";'
        ;;
    coinbase)
        endpoint="rest = \"https://localhost:$2\"; market = \"wss://localhost:$2\"; user = \"wss://localhost:$2\";"
        key="key_name = \"file:$3/main.key\"; private_key = \"file:$3/main.secret\";"
        instrument='symbol = "BTC/USD"; price_step = "0.01"; qty_step = "0.00000001";'
        ;;
    oanda)
        endpoint="rest = \"https://localhost:$2\"; stream = \"https://localhost:$2\";"
        key="token = \"file:$3/main.secret\"; account_id = \"file:$3/main.key\";"
        instrument='symbol = "EUR/USD:USD"; price_step = "0.00001"; qty_step = "1";'
        ;;
    esac
    cat <<END
  $1: {
    connector = "outcry.$1"; accounts = ["main"]; environment = "local"; link = "network";
    endpoint: { $endpoint };
    ca_file = "$3/ca.pem";
    keys: { main: { environment = "local"; $key }; };
    instruments = ( { $instrument } );
    ${more:-}
  };
END
}
