internal import Foundation

/// The environment's variables; those that are not set may stand in a file `.env` of the current
/// folder, as `NAME=value` a line.
public struct Environment {
    private let variables: [String: String]
    private let file: [String: String]

    public init() {
        let text = try? String(contentsOfFile: ".env", encoding: .utf8)
        self.init(variables: ProcessInfo.processInfo.environment, file: text ?? "")
    }

    init(variables: [String: String], file: String) {
        self.variables = variables
        var values: [String: String] = [:]
        for line in file.split(whereSeparator: \.isNewline) {
            var line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("export ") { line.removeFirst("export ".count) }
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].trimmingCharacters(in: .whitespaces)
            var value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            for quote in ["\"", "'"]
            where value.count > 1 && value.hasPrefix(quote) && value.hasSuffix(quote) {
                value = String(value.dropFirst().dropLast())
            }
            values[name] = value
        }
        self.file = values
    }

    /// Of all that are set, ordered.
    var names: [String] { Set(variables.keys).union(file.keys).sorted() }

    /// Whether the value of that variable is the file's.
    func isInFile(_ name: String) -> Bool {
        (variables[name] ?? "").isEmpty && self[name] != nil
    }

    /// The value of one of our own variables.
    ///
    /// Kubernetes sets `NEXUS_PORT=tcp://10.0.0.1:9080` in every container beside a service that is called
    /// `nexus`: that is nobody's setting.
    func setting(_ name: String) -> String? {
        self[name].flatMap { name.hasSuffix("_PORT") && $0.hasPrefix("tcp://") ? nil : $0 }
    }

    /// An empty value is none.
    public subscript(_ name: String) -> String? {
        [variables[name], file[name]].compactMap { $0 }.first { !$0.isEmpty }
    }
}
