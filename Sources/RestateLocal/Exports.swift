// The bounds of queries, which are part of `LocalServer.Settings`, come with `import RestateLocal`.
@_exported public import SQLEngine
