import Foundation

/// A process that ran to its end.
package struct EndedProcess: Equatable, Sendable {
    /// What it ended with; with 128 added to the number of the signal that ended it.
    package var status: Int32
    package var output: String
    package var complaint: String

    /// Runs a product of this package: it lies beside the tests' own executable.
    ///
    /// - Parameter environment: what is set besides the variables of this process.
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
    /// - Parameter environment: all that it has; nil for what this process has.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil
    ) async throws {
        let child = try Child(
            path, arguments, environment: environment, catchingComplaints: true)
        // On a thread of its own: those of the tests are few.
        self = await withCheckedContinuation { ended in
            Thread.detachNewThread { ended.resume(returning: Self(child)) }
        }
    }

    private init(_ child: Child) {
        // Nobody writes as much to its output as a pipe holds, so one can be read after the other.
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
