internal import Foundation
internal import NexusOperations

/// The environment's variables; those that are not set may stand in a file `.env` of the current
/// folder, as `NAME=value` a line.
public struct Environment {
    private let variables: [String: String]
    private let file: EnvironmentFile

    public init() {
        let variables = ProcessInfo.processInfo.environment
        let isChild = variables[OwnProcess.leash] != nil
        self.init(
            variables: variables,
            file: isChild ? EnvironmentFile() : EnvironmentFile(reading: ".env"))
    }

    init(variables: [String: String], file: EnvironmentFile) {
        self.variables = variables
        self.file = file
    }

    /// A sentence for each thing in the file that cannot be read.
    var complaints: [String] { file.complaints }

    /// Of all that are set, ordered.
    var names: [String] { Set(variables.keys).union(file.values.keys).sorted() }

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
        [variables[name], file.values[name]].compactMap { $0 }.first { !$0.isEmpty }
    }
}
