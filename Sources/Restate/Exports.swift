// What users say about the JSON of their own types (`JSONSchemaProviding`, …) comes with `import Restate`.
@_exported public import CanonicalJSON
