// The real provider of the tests: one client, whoever signs in is an auditor. Prints its address once it answers.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [client_id, client_secret, redirect_uri, audience] = process.argv.slice(2);
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
const role = "auditor";

const server = createServer().listen(0, "127.0.0.1", () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(address, {
    clients: [
      {
        client_id,
        client_secret,
        redirect_uris: [redirect_uri],
        grant_types: ["authorization_code", "client_credentials"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...key, kid: "first", use: "sig", alg: "ES256" }] },
    claims: { openid: ["sub", "role"] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, role }) }),
    extraTokenClaims: () => ({ role }),
    cookies: { keys: ["of the tests"] },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          audience,
          scope: "",
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  });
  server.on("request", provider.callback());
  console.log(address);
});
