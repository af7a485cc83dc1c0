import Foundation
import Restate
import RestateLocal

extension LocalServerSettings {
    /// - Parameter folder: nil to keep everything in memory.
    static func measured(folder: String?) -> LocalServerSettings {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.dataDirectory = folder
        settings.log = { _ in }
        return settings
    }
}

extension Load {
    /// Calls of the smallest handler through a local runtime.
    static func greeting(through server: RunningLocalServer) -> Load {
        Load(
            port: server.ingressPort, path: "/MeasuredGreeter/greet",
            contentType: "application/json", body: Array("\"alice\"".utf8),
            answer: Array("\"Hello, alice!\"".utf8))
    }
}

/// Runs a benchmark with a new folder, and removes it.
func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "restate-benchmark-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}
