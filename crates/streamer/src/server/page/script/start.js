// The token leaves the address bar, and with it the history and any bookmark, before anything else happens.
const address = new URL(location.href);
token.value = kept(TOKEN_KEY) ?? "";
if (address.searchParams.has("token")) {
  token.value = address.searchParams.get("token");
  address.searchParams.delete("token");
  history.replaceState(null, "", address.pathname + address.search + address.hash);
}
restore();
if (token.value) connect();
