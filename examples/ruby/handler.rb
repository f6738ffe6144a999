def hello(event:, context:)
  password = ENV.fetch("DB_PASSWORD")
  { statusCode: 200, body: "the password begins with #{password[0, 3]}" }
end
