export default ({ filename }) => `Deleted ${filename}`;
