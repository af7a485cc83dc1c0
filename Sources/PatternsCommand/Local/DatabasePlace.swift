internal import Commands
internal import Foundation
internal import Patterns

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
        let folder = URL(filePath: "db")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, text) in ExampleDatabase.files.sorted(by: { $0.key < $1.key }) {
                try Data(text.utf8).write(to: folder.appending(path: name))
                Console.say("db/\(name)")
            }
        } catch {
            throw ClientFailed(
                "The SQL cannot be written into the folder db: \(error.localizedDescription)")
        }
    }
}
