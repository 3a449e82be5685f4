export default () => "This is an embedded resource content.";
