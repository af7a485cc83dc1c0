import Foundation
import Support

/// What the compiler says of a line.
struct Diagnostic: Sendable, Equatable {
    var file: String
    var line: Int
    var severity: String
    var text: String
}

/// Compiles programs against the modules of this very build, as a client would: language mode 6 and
/// no upcoming features. An actor, so that one compiler runs at a time.
actor Compiler {
    static let shared = Compiler()

    /// Programs of one batch are one module, so that one run of the compiler tells of all.
    enum Batch: String, Sendable {
        case types, regions, right

        var programs: [Program] {
            switch self {
            case .types: wrongTypes + wrongPlaces + wrongFutures
            case .regions: wrongRegions
            case .right: rightPrograms
            }
        }
    }

    struct Outcome: Sendable {
        var succeeded: Bool
        var diagnostics: [Diagnostic]
        /// All that was said, for when something unexpected was.
        var output: String
    }

    private var outcomes: [Batch: Task<Outcome, any Error>] = [:]

    func outcome(of batch: Batch) async throws -> Outcome {
        if let known = outcomes[batch] { return try await known.value }
        let earlier = outcomes.values.map(\.self)
        let outcome = Task {
            for other in earlier { _ = await other.result }
            return try await Self.compile(batch.programs + [.prelude], as: batch.rawValue)
        }
        outcomes[batch] = outcome
        return try await outcome.value
    }

    private static func compile(
        _ programs: [Program], as module: String
    ) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "restate-misuse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for program in programs {
            let file = folder.appending(path: program.fileName)
            try program.source.write(to: file, atomically: true, encoding: .utf8)
        }

        let ended = try await EndedProcess(
            "env",
            [
                "-C", folder.path(), "swiftc", "-swift-version", "6", "-parse-as-library", "-wmo",
                "-c",
                "-module-name", module, "-o", "\(module).o", "-diagnostic-style", "llvm",
                "-I", modules.path(),
                "-I", sources.appending(path: "CLinux").path(),
                "-I", sources.appending(path: "CNghttp2").path(),
            ] + programs.map(\.fileName))
        return Outcome(
            succeeded: ended.status == 0, diagnostics: parse(ended.complaint),
            output: ended.complaint)
    }

    /// The lines `file.swift:4:19: error: text`; notes belong to what stands before them.
    private static func parse(_ output: String) -> [Diagnostic] {
        output.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 4)
            guard parts.count == 5, parts[0].hasSuffix(".swift"), let number = Int(parts[1])
            else { return nil }
            let severity = parts[3].trimmingCharacters(in: .whitespaces)
            guard severity == "error" || severity == "warning" else { return nil }
            let file = parts[0].split(separator: "/").last ?? ""
            return Diagnostic(
                file: String(file), line: number, severity: severity,
                text: parts[4].trimmingCharacters(in: .whitespaces))
        }
    }

    /// The build's folder of modules lies beside the running test bundle.
    private static var modules: URL {
        let executable = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        return URL(filePath: executable ?? CommandLine.arguments[0])
            .deletingLastPathComponent().appending(path: "Modules")
    }

    private static var sources: URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources").standardized
    }

    /// Modules of such a build want a compiler with the same flags; the ordinary build proves the
    /// same.
    static var isSanitized: Bool {
        let symbols: [String] = [
            "__asan_init", "__tsan_init", "__ubsan_handle_type_mismatch_v1",
        ]
        return symbols.contains { dlsym(nil, $0) != nil }
    }
}
