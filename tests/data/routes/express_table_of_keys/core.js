module.exports = { users: { all: () => [] }, session: { check: () => null }, plugins: () => globalThis.plugins };
