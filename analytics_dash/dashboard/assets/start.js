// Begins Dash. A file, so that the policy admits no inline script, and the last of the deferred ones.
var renderer = new DashRenderer();
