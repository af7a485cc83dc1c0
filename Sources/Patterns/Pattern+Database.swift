extension Pattern {
    /// The pattern that needs a build with PostgreSQL.
    public static let database = Pattern(
        name: "database", group: .communication,
        purpose: "read and write a database from handlers, up to exactly once",
        services: { settings in
            #if PostgreSQL
            Postgres(settings.databaseURL).services
            #else
            []
            #endif
        },
        lines: """
            J='content-type: application/json'; curl -i localhost:8080/simple/read -H "$J" -d '"A"'
            curl -i localhost:8080/simple/durableRead -H "$J" -d '"B"'
            curl -i localhost:8080/simple/insert -H "$J" -d '{ "userId": "C", "name": "Emm", "address": "55, Rue du Faubourg Saint-Honoré, 75008 Paris, France", "credits": 1337 }'
            curl -i localhost:8080/simple/update -H "$J" -d '{ "userId": "A", "newName": "Donald" }'
            curl -i localhost:8080/keyed/B/update -H "$J" -d '12'
            curl -i localhost:8080/keyed/B/updateConditional -H "$J" -d '12'
            curl -i localhost:8080/keyed/A/updateConditional --json '12' -H 'idempotency-key: abcdef'
            curl -i localhost:8080/idempotency/update -H "$J" -d '{ "userId": "A", "addCredits": 100 }'
            curl -i localhost:8080/twoPhaseCommit/update -H "$J" -d '{ "userId": "A", "addCredits": 100 }'
            psql postgres://restatedb:restatedb@localhost:5432/exampledb -c 'SELECT * FROM users;'
            """, isMissing: needsTrait)

    private static var needsTrait: String? {
        #if PostgreSQL
        nil
        #else
        "This build has no PostgreSQL. Install libpq-dev and run it with "
            + "'swift run --traits PostgreSQL patterns database'."
        #endif
    }
}
