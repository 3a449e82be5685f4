export default ({ name }) => `Deleted ${name}`;
