const fs = require('fs');

module.exports = {
  friendlyName: 'Read a note',
  inputs: {
    name: { type: 'string', required: true },
    count: { type: 'number' },
    kind: { type: 'string', isIn: ['a', 'b'] },
    token: { example: '4-32fad' },
    filter: { description: 'anything' },
    friends: { type: [{ name: 'string', age: 'number' }] },
  },
  fn: async function (inputs, exits) {
    fs.readFileSync(`/x/${inputs.name}`); // $ path-traversal
    fs.readFileSync(`/x/${inputs.count}${inputs.kind}`);
    await sails.sendNativeQuery(`SELECT id FROM notes WHERE name = '${inputs.name}'`); // $ sql-built-from-strings
    await sails.sendNativeQuery('SELECT id FROM notes WHERE name = $1', [inputs.name]);
    await User.findOne({ token: inputs.token });
    await User.findOne({ token: inputs.filter }); // $ nosql-injection
    for (const friend of inputs.friends) {
      await User.findOne({ name: friend.name });
      fs.readFileSync(`/x/${friend.name}`); // $ path-traversal
      fs.readFileSync(`/x/${friend.age}`);
    }
    return exits.success();
  },
};
