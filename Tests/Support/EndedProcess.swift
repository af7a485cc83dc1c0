import Foundation

/// A process that has terminated.
package struct EndedProcess: Equatable, Sendable {
    /// The exit status, or 128 plus the number of the signal that ended the process.
    package var status: Int32
    package var output: String
    package var complaint: String

    /// Runs a product of this package, which lies beside the tests' own executable.
    ///
    /// - Parameter environment: variables that are added to those of this process.
    package init(
        product name: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws {
        guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else {
            throw FixtureError("The folder of the built products is not known")
        }
        try await self.init(
            folder.appending(path: name).path(percentEncoded: false), arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
    }

    /// Runs any program.
    ///
    /// - Parameter environment: the complete environment; nil for that of this process.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil
    ) async throws {
        let child = try Child(
            path, arguments, environment: environment, catchingComplaints: true)
        // On a thread of its own, because it blocks and the threads of the tests are few.
        self = await withCheckedContinuation { ended in
            Thread.detachNewThread { ended.resume(returning: Self(child)) }
        }
    }

    private init(_ child: Child) {
        // Standard error is read to its end before the output. That cannot deadlock as long as the
        // output fits in a pipe.
        complaint = child.complaints.map(Self.text) ?? ""
        output = Self.text(child.output)
        let status = child.wait()
        self.status = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    private static func text(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        Child.read(descriptor) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
