import Foundation
import Support
import Testing

/// What the guide shows of other packages, compiled as it stands in `Examples`.
@Suite(.serialized)
struct GuidePrograms {
    @Test func `the manifest of the example package is one`() async throws {
        let ended = try await EndedProcess(
            "env",
            ["swift", "package", "--package-path", example("shop"), "dump-package"])
        #expect(ended.status == 0, "\(ended.complaint)")
        #expect(ended.output.contains("RestateTesting"))
    }

    @Test func `the example program and its test compile`() async throws {
        try await inFolder { folder in
            try await compile(
                [
                    "-emit-module", "-enable-testing", "-module-name", "Shop",
                    "-o", "Shop.swiftmodule", example("shop/Sources/Shop/main.swift"),
                ], in: folder)
            let plugins = try await resources().appending(path: "host/plugins/testing").path()
            try await compile(
                [
                    "-typecheck", "-parse-as-library", "-module-name", "ShopTests",
                    "-plugin-path", plugins,
                    example("shop/Tests/ShopTests/GreeterTests.swift"),
                ], in: folder)
        }
    }

    @Test(arguments: [
        ("SwiftLog", ["Logging"]),
        ("DistributedTracing", ["ServiceContextModule", "Instrumentation", "Tracing"]),
    ])
    func `an adapter compiles against the declarations of its library`(
        adapter: String, modules: [String]
    ) async throws {
        try await inFolder { folder in
            for module in modules {
                try await compile(
                    [
                        "-emit-module", "-parse-as-library", "-module-name", module,
                        "-enable-upcoming-feature", "InternalImportsByDefault",
                        "-o", "\(module).swiftmodule", example("adapters/Stubs/\(module).swift"),
                    ], in: folder)
            }
            try await compile(
                [
                    "-typecheck", "-parse-as-library", "-module-name", "Adapter",
                    example("adapters/\(adapter).swift"),
                ], in: folder)
        }
    }

    private func example(_ path: String) -> String {
        Fixtures.packageRoot.appending(path: "Examples/\(path)").path(percentEncoded: false)
    }

    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "restate-guide-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path(percentEncoded: false))
    }

    /// Against the modules of this very build, as a package that depends on it would.
    private func compile(_ arguments: [String], in folder: String) async throws {
        let sources = Fixtures.packageRoot.appending(path: "Sources")
        let ended = try await EndedProcess(
            "env",
            [
                "-C", folder, "swiftc", "-swift-version", "6", "-I", ".", "-I", modules.path(),
                "-I", sources.appending(path: "CLinux").path(),
                "-I", sources.appending(path: "CNghttp2").path(),
                "-I", sources.appending(path: "CSQLite").path(),
            ] + arguments)
        #expect(ended.status == 0, "\(ended.complaint)")
        #expect(!ended.complaint.contains("warning:"), "\(ended.complaint)")
    }

    /// The build's folder of modules lies beside the running test bundle.
    private var modules: URL {
        let executable = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        return URL(filePath: executable ?? CommandLine.arguments[0])
            .deletingLastPathComponent().appending(path: "Modules")
    }

    /// The compiler's own folder, where its macros are.
    private func resources() async throws -> URL {
        struct Info: Decodable {
            struct Paths: Decodable { var runtimeResourcePath: String }
            var paths: Paths
        }
        let ended = try await EndedProcess("env", ["swiftc", "-print-target-info"])
        let info = try JSONDecoder().decode(Info.self, from: Data(ended.output.utf8))
        return URL(filePath: info.paths.runtimeResourcePath)
    }
}
