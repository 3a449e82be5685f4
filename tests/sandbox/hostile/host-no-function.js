// Offers nothing to run.
// ends: InvalidTask
"nothing"
