internal import Commands
internal import Foundation
internal import Patterns

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The PostgreSQL of the pattern `database`: the one that is named or answers at the usual place, or else a private
/// server, which is removed at the end.
struct DatabasePlace {
    let url: String

    #if PostgreSQL
    private var server: PrivatePostgres?

    static func open(_ wished: String?) async throws -> DatabasePlace {
        let url = wished ?? ExampleDatabase.url
        do {
            try await Postgres(url).makeTables()
            return DatabasePlace(url: url)
        } catch {
            if wished != nil { throw ClientFailed("\(url): \(error)") }
            guard PrivatePostgres.isInstalled else { throw ClientFailed(advice) }
        }
        let port = try await Ports.free([Ports.Wish("--database-url", 0)])[0]
        Console.say("Nothing answers at \(url): a private server is started.")
        let server = try await PrivatePostgres(port: port)
        return DatabasePlace(url: server.url, server: server)
    }

    func stop() { server?.stop() }
    #else
    static func open(_ wished: String?) async throws -> DatabasePlace {
        throw ClientFailed(Pattern.database.isMissing ?? "")
    }

    func stop() {}
    #endif

    private static let advice = """
        Nothing answers at \(ExampleDatabase.url), and there is no initdb to start a server. Start one:
          patterns database --write-sql
          docker run -it --rm --name restate_example_db -e POSTGRES_USER=restatedb \\
            -e POSTGRES_PASSWORD=restatedb -e POSTGRES_DB=exampledb -p 5432:5432 \\
            -v "$(pwd)/db:/docker-entrypoint-initdb.d" postgres:15.0-alpine
        """

    /// Writes the files for a container into the folder `db`.
    static func writeSQL() throws {
        guard mkdir("db", 0o777) == 0 || errno == EEXIST else { throw notWritten(errno) }
        for (name, text) in ExampleDatabase.files.sorted(by: { $0.key < $1.key }) {
            guard let file = fopen("db/\(name)", "w") else { throw notWritten(errno) }
            let isWritten = fputs(text, file) >= 0
            guard fclose(file) == 0, isWritten else { throw notWritten(errno) }
            Console.say("db/\(name)")
        }
    }

    private static func notWritten(_ code: Int32) -> ClientFailed {
        let reason =
            code == ENOENT
            ? "the current folder does not exist any more" : String(cString: strerror(code))
        return ClientFailed("The SQL cannot be written into the folder db: \(reason)")
    }
}
