// Re-exported because users describe the JSON of their own types with it (`JSONSchemaProviding`,
// …).
@_exported public import CanonicalJSON
