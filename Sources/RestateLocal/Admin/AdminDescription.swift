internal import CanonicalJSON

/// The OpenAPI 3.1 document of the admin API: its paths, and what each method takes and answers.
enum AdminDescription {
    static func openAPI(version: String) -> [UInt8] {
        JSONLine.object { line in
            line.member("openapi", "3.1.0")
            line.member("info") { line in
                line.object { line in
                    line.member("title", "Admin API")
                    line.member("version", version)
                    line.member("description", "The admin API of the local runtime.")
                }
            }
            line.member("paths") { line in
                line.object { line in
                    for (path, operations) in paths {
                        line.member(path) { line in
                            line.object { line in
                                for operation in operations {
                                    line.member(operation.method.rawValue.lowercased()) {
                                        write(operation, at: path, to: &$0)
                                    }
                                }
                            }
                        }
                    }
                }
            }
            line.member("components") { components(&$0) }
        }
    }

    /// Every operation on invocations is a path of the document.
    static var paths: [(path: String, operations: [AdminOperation])] {
        AdminPath.allCases.flatMap { path in
            let variants =
                path.rawValue.contains("{operation}")
                ? InvocationOperation.allCases : [InvocationOperation.cancel]
            return variants.map { operation in
                (
                    path.rawValue.replacing("{operation}", with: operation.rawValue),
                    path.operations(operation)
                )
            }
        }
    }

    private static func write(
        _ operation: AdminOperation, at path: String, to line: inout JSONLine
    ) {
        let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { (AdminParameter.inPath($0.dropFirst().dropLast()), "path") }
        let parameters = inPath + operation.query.map { ($0, "query") }
        line.object { line in
            line.member("operationId", operation.id)
            line.member("summary", operation.summary)
            if operation.isDeprecated { line.member("deprecated", true) }
            if !parameters.isEmpty {
                line.member("parameters") { line in
                    line.array(parameters) { write($1.0, in: $1.1, to: &$0) }
                }
            }
            if let body = operation.body {
                line.member("requestBody") { line in
                    line.object { line in
                        line.member("required", true)
                        line.member("content") { $0.content([("application/json", body)]) }
                    }
                }
            }
            line.member("responses") { responses(of: operation, &$0) }
        }
    }

    private static func write(
        _ parameter: AdminParameter, in place: String, to line: inout JSONLine
    ) {
        line.object { line in
            line.member("name", parameter.name)
            line.member("in", place)
            line.member("required", place == "path")
            line.member("description", parameter.note)
            line.member("schema") { $0.schema(parameter.schema) }
        }
    }

    private static func responses(of operation: AdminOperation, _ line: inout JSONLine) {
        line.object { line in
            for answer in operation.answers {
                line.member(String(answer.status)) { line in
                    line.object { line in
                        line.member("description", answer.note)
                        guard let schema = answer.schema else { return }
                        let other: [(String, SchemaName?)] =
                            answer.otherType.map { [($0, nil)] } ?? []
                        line.member("content") {
                            $0.content([("application/json", schema)] + other)
                        }
                    }
                }
            }
            let all = operation.body == nil ? [] : [400, 413, 415, 422]
            for status in Set(operation.refusals + all + [403, 503]).sorted() {
                line.member(String(status)) { $0.refusal() }
            }
            line.member("default") { $0.refusal() }
        }
    }

    private static func components(_ line: inout JSONLine) {
        line.object { line in
            line.member("responses") { line in
                line.object { line in
                    line.member("Refusal") { line in
                        line.object { line in
                            line.member(
                                "description",
                                "The error, as an object, as a sentence or without a body")
                            line.member("content") {
                                $0.content([
                                    ("application/json", .errorDescription), ("text/plain", nil),
                                ])
                            }
                        }
                    }
                }
            }
            line.member("schemas") { line in
                line.object { line in
                    for name in SchemaName.allCases {
                        line.member(name.rawValue) { $0.schema(name.schema) }
                    }
                }
            }
        }
    }
}

extension JSONLine {
    fileprivate mutating func refusal() {
        object { $0.member("$ref", "#/components/responses/Refusal") }
    }

    /// Writes the content types of a body. Those without a schema are not JSON.
    fileprivate mutating func content(_ forms: [(type: String, schema: SchemaName?)]) {
        object { line in
            for form in forms {
                line.member(form.type) { line in
                    line.object { line in
                        guard let schema = form.schema else { return }
                        line.member("schema") { $0.schema(.named(schema)) }
                    }
                }
            }
        }
    }
}
