package import Foundation

/// Copies an executable file so that the copy can be started at once.
///
/// Another process copies it. A file that this process has open for writing is inherited by whatever child
/// another test starts meanwhile, and is busy ("Text file busy") for as long as that child lives.
package func copyProgram(_ program: URL, to copy: URL) async throws {
    let copying = try await EndedProcess(
        "/bin/cp", ["-p", program.path(percentEncoded: false), copy.path(percentEncoded: false)])
    guard copying.status == 0 else { throw FixtureError(copying.complaint) }
}
