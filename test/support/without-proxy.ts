/** For bun's `preload`: everything that the tests and the demo call is on loopback, where a proxy of the environment must not be used. */
for (const name of Object.keys(process.env)) {
  if (/^(https?|grpc|all)_proxy$/i.test(name)) delete process.env[name];
}
