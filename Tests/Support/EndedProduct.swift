internal import Foundation

/// A product of this package that ran to its end.
package struct EndedProduct: Equatable {
    package var status: Int32
    package var output: String
    package var complaint: String

    /// - Parameter environment: what is set besides the variables of this process.
    package init(
        running name: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws {
        guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else {
            throw FixtureError("The folder of the built products is not known")
        }
        let process = Process()
        process.executableURL = folder.appending(path: name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        let texts = [output, complaint].map {
            String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = texts[0]
        self.complaint = texts[1]
    }
}
